"""What a file says about a ruleset: columns and their types, rules that never change, groups without spread."""

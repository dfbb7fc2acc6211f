"""Pure work on strings and buffers: nothing here knows a rule, a ruleset or a row."""

"""rulereward: a readable YAML ruleset, compiled into a fast and exact reward function."""

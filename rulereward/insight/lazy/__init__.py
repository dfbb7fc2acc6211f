"""What policies earn that do not do the work: canned completions, what honest ones earn, and what looks wrong."""

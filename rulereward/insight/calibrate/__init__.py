"""How a measurement is distributed on texts that are good, and the band that a ruleset should ask for."""

"""Why a row has its reward: the value at every node, and what each rule at its best and worst would have made."""

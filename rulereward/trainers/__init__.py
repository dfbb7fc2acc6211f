"""Adapters: a ruleset as the reward function of a trainer.

trl        GRPOTrainer, RLOOTrainer, AsyncGRPOTrainer: one function, or one for each part of the score
verl       `compute_score` and its async and batch forms, a reward manager, a GRPO that knows missing rewards
openrlhf   the `reward_func` of a file; `rulereward serve` is the other way
swift      ORM classes for ms-swift
generic    any other: completions and columns in, numbers or None out

No adapter imports its trainer before it is used. What they share stands in `rollouts` (columns to rows), `scorer`
(groups, step, deadline, logging), `samples` (trainers that call for each sample), `last_call` (functions that share
an evaluation) and `sinks` (where numbers go).
"""

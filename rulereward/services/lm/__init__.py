"""Log-probabilities of texts by a causal language model: the only package that imports torch and transformers.

    settings     which model, where, how long a text it sees
    identity     the digest of a model's files
    folder       where these files are, and that none is missing
    loading      from settings to a model that is ready
    tokens       a prompt and a completion as tokens, cut where the completion begins
    windows      what is longer than the model's context, in pieces that score each token once
    prefixes     pieces that follow the same tokens, so that those are computed once
    packing      pieces laid out in forward passes under a budget of tokens
    attention    which token of a packed pass sees which
    heads        log-probabilities of single tokens, without the logits of all
    passes       one forward pass, packed, padded or plain
    self_check   which of these ways a model may be run
    block_head, triton_head, compiled   the head on a CPU and on CUDA, and compiled layers (`quick` checks them)
    scorer       tokens in, log-probabilities out (`results`)
    language_model  texts in, log-probabilities out

`settings`, `identity`, `folder`, `tokens`, `windows`, `prefixes`, `packing` and `results` work without torch;
`loading` and `language_model` can be imported without it.
"""

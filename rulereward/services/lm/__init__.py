"""Log-probabilities of texts by a causal language model: the only package that imports torch and transformers.

In the caller's process, without torch:

    service      jobs and answers; `text.lm_work` says which model, where, how long a text it sees
    crew         the processes, by device (`post`), and the batches between them (`board`)

In a process of its own (`worker`):

    identity     the digest of a model's files
    folder       where these files are, and that none is missing
    loading      from settings to a model that is ready
    vocabulary   the tokenizer kept to the tokens that the model has
    silence      what of a text the tokenizer drops, so that no token pays for it
    tokens       a prompt and a completion as tokens, cut where the completion begins
    windows      what is longer than the model's context, in pieces that score each token once
    prefixes     pieces that follow the same tokens, so that those are computed once
    packing      pieces laid out in forward passes under a budget of tokens
    attention    which token of a packed pass sees which
    heads        log-probabilities of single tokens, without the logits of all
    passes       one forward pass, packed, padded or plain
    self_check   which of these ways a model may be run
    quick        what makes one quicker: `block_head` on a CPU, `triton_head` on CUDA, layers `compiled`
    scorer       tokens in, log-probabilities out (`results`)
    language_model  texts in, log-probabilities out
    answers      these as the answer to a job

Of the second part `attention`, `block_head`, `compiled`, `heads`, `passes`, `quick`, `scorer`, `self_check` and
`triton_head` import torch; the others can be imported without it.
"""

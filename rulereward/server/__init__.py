"""`rulereward serve`: one ruleset behind HTTP, and a client for it.

settings    what can be set                      bodies      reading a request, within limits
app         the application and its endpoints    shapes      what requests and answers look like
native      POST /score                          openapi     the document made of those
openrlhf    POST /get_reward                     scoring     rows to records, together with other requests' rows
texts       POST /classify and its like          samples     rewards for callers that take numbers only
about       GET /healthz, /metrics, /ruleset     refusals    answers that say no, and why
gate        token, draining, counting            metrics     what is counted
listening   sockets                              run         a server's life, from start to drain
client      `Client`, for Python                 rendering   answers as bytes

Nothing is imported here: FastAPI, uvicorn and httpx come with the module that needs them.
"""

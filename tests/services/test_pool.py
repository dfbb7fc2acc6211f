"""The pool of services and its cache."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Sequence

import pytest
from asking import ask

from rulereward.errors import ConfigurationError
from rulereward.kind import Answer, Failure, Job, Service
from rulereward.services import Cache, Services, cache_key


class DictService:
    """Answers from a dictionary, in the caller's thread: enough where only the pool is looked at."""

    identity = "dictionary 1"

    def __init__(self, answers: dict[Job, Answer]) -> None:
        self.answers = answers
        self.closed = 0

    def submit(self, jobs: Sequence[Job], done: Callable[[Job, Answer], None]) -> DictService:
        for job in jobs:
            done(job, self.answers[job])
        return self

    def cancel(self) -> None:
        return

    def close(self) -> None:
        self.closed += 1


QUESTION = Job("math", ("question",))


def pool() -> tuple[Services, list[DictService]]:
    made: list[DictService] = []

    def factory() -> Service:
        made.append(DictService({QUESTION: {"verdict": "equal"}}))
        return made[-1]

    return Services({"math": factory}), made


def test_a_service_is_made_once_and_when_it_is_asked_for() -> None:
    services, made = pool()
    assert made == []
    assert ask(services.get("math"), [QUESTION]) == {QUESTION: {"verdict": "equal"}}
    assert services.get("math") is services.get("math")
    assert len(made) == 1
    assert services.identity("math") == "dictionary 1"


def test_many_threads_get_one_service() -> None:
    services, made = pool()
    threads = [threading.Thread(target=services.get, args=("math",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_an_unknown_service_is_named() -> None:
    with pytest.raises(ConfigurationError, match="no service `maths`"):
        Services().get("maths")


def test_closing_closes_each_once_and_a_later_use_makes_another() -> None:
    services, made = pool()
    with services:
        services.get("math")
    services.close()
    assert [service.closed for service in made] == [1]
    services.get("math")
    assert len(made) == 2


def test_a_forgotten_pool_closes_its_services() -> None:
    services, made = pool()
    services.get("math")
    del services
    gc.collect()
    assert made[0].closed == 1


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_forked_child_makes_its_own_and_closes_nothing_of_the_parent() -> None:
    services, made = pool()
    services.get("math")
    services.cache.put(b"key", {"verdict": "equal"})
    child = os.fork()
    if child == 0:
        own = services.get("math")
        services.close()
        right = own is made[1] and made[0].closed == 0 and made[1].closed == 1 and len(services.cache) == 0
        os._exit(0 if right else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert services.get("math") is made[0]


def test_the_identity_of_math_names_what_decides() -> None:
    identity = Services().identity("math")
    for name in ("protocol", "math-verify", "sympy", "latex2sympy2_extended"):
        assert name in identity
    assert "absent" not in identity


# ---------------------------------------------------------------- cache


def test_the_least_recently_used_goes_first() -> None:
    cache = Cache(entries=2)
    cache.put(b"a", {"n": 1})
    cache.put(b"b", {"n": 2})
    assert cache.get(b"a") == {"n": 1}
    cache.put(b"c", {"n": 3})
    assert (cache.get(b"a"), cache.get(b"b"), cache.get(b"c")) == ({"n": 1}, None, {"n": 3})


def test_memory_is_bounded() -> None:
    cache = Cache(size_bytes=10_000)
    for number in range(100):
        cache.put(str(number).encode(), {"text": "x" * 600})
    assert 1 <= len(cache) <= 10
    assert cache.size_bytes <= 10_000
    cache.put(b"huge", {"text": "x" * 20_000})
    assert cache.get(b"huge") is None
    assert len(cache) >= 1


def test_replacing_an_entry_does_not_count_it_twice() -> None:
    cache = Cache()
    cache.put(b"a", {"text": "x" * 1_000})
    before = cache.size_bytes
    cache.put(b"a", {"text": "y" * 1_000})
    assert (len(cache), cache.size_bytes) == (1, before)


def test_a_failure_is_not_kept() -> None:
    cache = Cache()
    cache.put(b"a", Failure("service_died", "once"))
    assert cache.get(b"a") is None


def test_keys_tell_apart_what_python_calls_equal() -> None:
    keys = {
        cache_key(kind, version, parameters, Job("math", payload), identity)
        for kind, version, parameters, payload, identity in [
            ("k", 1, {}, (1,), "i"),
            ("k", 1, {}, (1.0,), "i"),
            ("k", 1, {}, (True,), "i"),
            ("k", 1, {}, ("1",), "i"),
            ("k", 2, {}, (1,), "i"),
            ("k", 1, {"a": 1}, (1,), "i"),
            ("k", 1, {}, (1,), "j"),
            ("l", 1, {}, (1,), "i"),
        ]
    }
    assert len(keys) == 8


def test_the_order_of_parameters_is_not_part_of_the_key() -> None:
    job = Job("math", ("a", ("b", None)))
    assert cache_key("k", 1, {"a": 1, "b": 2}, job, "i") == cache_key("k", 1, {"b": 2, "a": 1}, job, "i")

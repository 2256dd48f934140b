"""The measuring process for asyncio: the same arguments, the same steps and the same line of JSON as measure.mjs.

python3 benchmarks/asyncio/measure.py <gauge> <work> <size> <warm-up ms> <measuring ms> <expected, for each size>

Samples are readings in nanoseconds or bytes for the whole program; the caller divides them by the items. With the
gauge "own" there is one, as the program has recorded it.
"""

import asyncio
import gc
import json
import sys
import time
import tracemalloc

from programs import PROGRAMS
from spinners import SPINNING

LEAST_SAMPLES = 3
SMALL_SIZE = 1_000
LONG_ITERATION_MS = 1_000


def live_heap_bytes():
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


GAUGES = {"time": time.perf_counter_ns, "busy": time.process_time_ns, "heap": live_heap_bytes}


class Gauge:
    """Shows how much a quantity grew; a program may narrow what is measured, and the first stop counts."""

    def __init__(self, read_now):
        self.read_now = read_now
        self.reading = 0
        self.is_running = False

    def start(self):
        self.is_running = True
        self.origin = self.read_now()

    def stop(self):
        if self.is_running:
            self.reading = self.read_now() - self.origin
            self.is_running = False


class OwnGauge:
    """For programs that read something off themselves."""

    def start(self):
        pass

    def stop(self):
        pass

    def record(self, value):
        self.reading = value


class WrongValue(Exception):
    pass


class Measurement:
    def __init__(self, runner, program, gauge, size, expected):
        self.runner = runner
        self.program = program
        self.gauge = gauge
        self.size = size
        self.expected = expected
        self.latest_ms = 0.0
        self.fastest_ms = float("inf")

    def sample_once(self, size):
        begun = time.perf_counter()
        self.gauge.start()
        value = self.runner.run(self.program(size, self.gauge))
        self.gauge.stop()
        self.latest_ms = (time.perf_counter() - begun) * 1e3
        if size == self.size:
            self.fastest_ms = min(self.fastest_ms, self.latest_ms)
        expected = self.expected[str(size)]
        if value != expected:
            raise WrongValue(f"expected {expected}, got {value}")
        return self.gauge.reading

    def sample_repeatedly(self, warm_up_ms, measuring_ms):
        if self.size > SMALL_SIZE:
            self.sample_once(SMALL_SIZE)
        begun = time.perf_counter()
        spent_ms = 0.0
        while spent_ms < warm_up_ms or spent_ms == 0:
            sample = self.sample_once(self.size)
            if self.latest_ms > LONG_ITERATION_MS:
                return [sample]
            spent_ms = (time.perf_counter() - begun) * 1e3
        samples = []
        begun = time.perf_counter()
        spent_ms = 0.0
        while spent_ms < measuring_ms or (len(samples) < LEAST_SAMPLES and spent_ms < LONG_ITERATION_MS):
            samples.append(self.sample_once(self.size))
            spent_ms = (time.perf_counter() - begun) * 1e3
        return samples


def outcome_of(error):
    detail = f"{type(error).__name__}: {error}"
    if isinstance(error, WrongValue):
        return {"outcome": "wrong value", "detail": detail}
    if isinstance(error, RecursionError):
        return {"outcome": "overflows", "detail": detail}
    return {"outcome": "failed", "detail": detail}


def main():
    gauge_name, work_name, size, warm_up_ms, measuring_ms, expected = sys.argv[1:]
    if gauge_name == "heap":
        tracemalloc.start()
    with asyncio.Runner() as runner:
        is_own = gauge_name == "own"
        gauge = OwnGauge() if is_own else Gauge(GAUGES[gauge_name])
        program = (SPINNING if is_own else PROGRAMS)[work_name]
        measurement = Measurement(runner, program, gauge, int(size), json.loads(expected))
        try:
            if is_own:
                samples = [measurement.sample_once(int(size))]
            else:
                samples = measurement.sample_repeatedly(float(warm_up_ms), float(measuring_ms))
            answer = {"samples": samples, "fastestMs": measurement.fastest_ms}
        except Exception as error:
            answer = outcome_of(error)
    print(json.dumps(answer))


main()

"""The fairness works: tasks that spin for a while beside the loop's own 1 ms timer, as parts/spin.mjs does it."""

import asyncio
import time

SPIN_S = 0.200
TIMER_S = 0.001


class Spin:
    """What the spinning tasks of one program share."""

    def __init__(self):
        self.end = time.perf_counter() + SPIN_S
        self.rounds = 0
        self.is_over = False

    def ends_round(self):
        """Counts a round and tells whether time is up; it looks at the clock only now and then, to stay cheap."""
        self.rounds += 1
        if self.rounds % 64 == 0 and time.perf_counter() >= self.end:
            self.is_over = True
        return self.is_over


async def give_way(spin):
    while True:
        await asyncio.sleep(0)
        if spin.ends_round():
            return 1


async def use_ready(spin):
    queue = asyncio.Queue()
    while True:
        await queue.put(1)
        await queue.get()
        if spin.ends_round():
            return 1


async def spin_all(spinner, tasks):
    """Gives how many came to their end, and what a round took, in nanoseconds."""
    spin = Spin()
    begun = time.perf_counter_ns()
    async with asyncio.TaskGroup() as group:
        spinning = [group.create_task(spinner(spin)) for _ in range(tasks)]
    cost = (time.perf_counter_ns() - begun) / spin.rounds
    return sum(task.result() for task in spinning), cost


class TimerWatch:
    """Keeps the 1 ms timer going and notes how late it is each time."""

    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.lateness_ms = []
        self.arm()

    def arm(self):
        self.due = time.perf_counter() + TIMER_S
        self.handle = self.loop.call_later(TIMER_S, self.tick)

    def tick(self):
        self.lateness_ms.append((time.perf_counter() - self.due) * 1e3)
        self.arm()

    def stop(self):
        self.handle.cancel()
        self.lateness_ms.append(max(0, (time.perf_counter() - self.due) * 1e3))
        return self.lateness_ms


def p99(values):
    ordered = sorted(values)
    place = (len(ordered) - 1) * 0.99
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def timer_lateness(spinner):
    async def program(tasks, gauge):
        await spin_all(spinner, tasks)
        watch = TimerWatch()
        finished, _ = await spin_all(spinner, tasks)
        gauge.record(p99(watch.stop()))
        return finished

    return program


def round_cost(spinner):
    async def program(tasks, gauge):
        await spin_all(spinner, tasks)
        watch = TimerWatch()
        finished, cost = await spin_all(spinner, tasks)
        watch.stop()
        gauge.record(cost)
        return finished

    return program


def throughput_loss(spinner):
    async def program(tasks, gauge):
        finished, _ = await spin_all(spinner, tasks)
        fastest = {"alone": float("inf"), "beside": float("inf")}
        for company in ["alone", "beside", "beside", "alone", "alone", "beside"]:
            watch = TimerWatch() if company == "beside" else None
            _, cost = await spin_all(spinner, tasks)
            fastest[company] = min(fastest[company], cost)
            if watch is not None:
                watch.stop()
        gauge.record(100 * (1 - fastest["alone"] / fastest["beside"]))
        return finished

    return program


SPINNING = {
    "fairness-lateness": timer_lateness(give_way),
    "fairness-ready": timer_lateness(use_ready),
    "fairness-cost": round_cost(give_way),
    "fairness-loss": throughput_loss(give_way),
}

"""The works as asyncio's documentation would write them: one coroutine function for each, `(size, gauge) -> value`."""

import asyncio

MINUTE = 60
SHORT = 0.010
PERMITS = 50
RESUMES = 1_000


class Tally:
    """How many children reached their wait, and how many ran their cleanup."""

    def __init__(self):
        self.parked = 0
        self.cleaned = 0


async def echo(value):
    return value


async def echo_later(value):
    await asyncio.sleep(0)
    return value


async def trip(size, gauge):
    trips = 0
    while trips < size:
        await asyncio.sleep(0)
        trips += 1
    return trips


async def call_return(size, gauge):
    total = 0
    for index in range(size):
        total += await echo(index)
    return total


async def call_yield(size, gauge):
    total = 0
    for index in range(size):
        total += await echo_later(index)
    return total


async def spawn(size, gauge):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(echo_later(index)) for index in range(size)]
    return sum(task.result() for task in tasks)


async def resolved(size, gauge):
    loop = asyncio.get_running_loop()
    total = 0
    for index in range(size):
        future = loop.create_future()
        future.set_result(index)
        total += await future
    return total


async def recursion_deep(size, gauge):
    async def descend(depth):
        if depth > 0:
            return 1 + await descend(depth - 1)
        await asyncio.sleep(0)
        return 0

    return await descend(size)


async def recursion_resume(size, gauge):
    async def descend(depth):
        if depth > 0:
            return 1 + await descend(depth - 1)
        count = 0
        gauge.start()
        while count < RESUMES:
            await asyncio.sleep(0)
            count += 1
        gauge.stop()
        return count

    return await descend(size)


async def park(tally):
    try:
        tally.parked += 1
        await asyncio.get_running_loop().create_future()
    finally:
        tally.cleaned += 1


async def cancel(size, gauge):
    tally = Tally()

    async def parent():
        async with asyncio.TaskGroup() as group:
            for _ in range(size):
                group.create_task(park(tally))

    task = asyncio.create_task(parent())
    while tally.parked < size:
        await asyncio.sleep(0)
    gauge.start()
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        pass
    gauge.stop()
    return tally.cleaned


async def memory(size, gauge):
    tally = Tally()
    gauge.start()
    tasks = [asyncio.create_task(park(tally)) for _ in range(size)]
    while tally.parked < size:
        await asyncio.sleep(0)
    gauge.stop()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return tally.parked


async def echo_in_time(value):
    async with asyncio.timeout(MINUTE):
        return await echo_later(value)


async def timeout_sequence(size, gauge):
    total = 0
    for index in range(size):
        total += await echo_in_time(index)
    return total


async def timeout_parallel(size, gauge):
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(echo_in_time(index)) for index in range(size)]
    return sum(task.result() for task in tasks)


async def timeout_fires(size, gauge):
    async def child():
        try:
            async with asyncio.timeout(SHORT):
                await asyncio.get_running_loop().create_future()
        except TimeoutError:
            return 1
        return 0

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(child()) for _ in range(size)]
    return sum(task.result() for task in tasks)


async def through_queue(size, capacity, pairs):
    queue = asyncio.Queue(capacity)

    async def produce(first):
        for item in range(first, size, pairs):
            await queue.put(item)

    async def consume():
        total = 0
        for _ in range(size // pairs):
            total += await queue.get()
        return total

    consumers = []
    async with asyncio.TaskGroup() as group:
        for pair in range(pairs):
            group.create_task(produce(pair))
            consumers.append(group.create_task(consume()))
    return sum(consumer.result() for consumer in consumers)


async def queue_1(size, gauge):
    return await through_queue(size, 1, 1)


async def queue_100(size, gauge):
    return await through_queue(size, 100, 1)


async def queue_4x4(size, gauge):
    return await through_queue(size, 100, 4)


async def semaphore(size, gauge):
    permits = asyncio.Semaphore(PERMITS)

    async def job(value):
        async with permits:
            return await echo_later(value)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job(index)) for index in range(size)]
    return sum(task.result() for task in tasks)


async def map_limited(size, gauge):
    """As its documentation works off a list: workers that take from one iterator."""
    results = [0] * size
    items = enumerate(range(size))

    async def work():
        for index, item in items:
            results[index] = await echo_later(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(PERMITS):
            group.create_task(work())
    return sum(results)


async def group_failure(size, gauge):
    tally = Tally()

    async def fail():
        while tally.parked < size - 1:
            await asyncio.sleep(0)
        gauge.start()
        raise ValueError("broken")

    message = None
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(size - 1):
                group.create_task(park(tally))
            group.create_task(fail())
    except* ValueError as broken:
        gauge.stop()
        message = str(broken.exceptions[0])
    return {"cleaned": tally.cleaned, "message": message}


PROGRAMS = {
    "trip": trip,
    "call-return": call_return,
    "call-yield": call_yield,
    "spawn": spawn,
    "cancel": cancel,
    "resolved": resolved,
    "recursion-deep": recursion_deep,
    "recursion-resume": recursion_resume,
    "memory": memory,
    "timeout-sequence": timeout_sequence,
    "timeout-parallel": timeout_parallel,
    "timeout-fires": timeout_fires,
    "queue-1": queue_1,
    "queue-100": queue_100,
    "queue-4x4": queue_4x4,
    "semaphore": semaphore,
    "map": map_limited,
    "group-failure": group_failure,
}

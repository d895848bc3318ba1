"""The program in a world in which everything may fail at any time, by a seed."""

from __future__ import annotations

import contextlib
import json
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import discovery_process
import web
from fault_account import FaultAccount
from file_watch import FileWatch
from random_draws import FaultDice, Ways
from random_world import World
from sim_process import SimProcess
from state_contents import tasks_in_state
from target_file import read_groups, targets_by_task, wait_for_file
from waiting import wait_until
from wall_clock import WallClock

# That a recovery takes where nothing was throttled. Two are enough as a rule: one may be under way
# when the faults end; but on a busy machine a call may take longer than it is given.
MOST_REFRESHES = 60

# What the log has once the process knows the file: it has read it, or written it.
KNOWS_THE_FILE = ('msg="began with', "written=replaced", "written=in_place", "written=unchanged")


@dataclass
class Findings:
    rounds: int = 0
    starts: int = 0
    refreshes: list[int] = field(default_factory=list)  # that each recovery took


def start_sim(flags: list[object], port: int) -> SimProcess:
    """The simulator on a port that nobody is given by chance, so that it can have it again."""

    def start() -> SimProcess | None:
        with contextlib.suppress(RuntimeError):
            return SimProcess.start([*flags, "--listen", f"127.0.0.1:{port}"])
        return None

    return wait_until(start, f"a simulator on port {port}")


class Driver:
    """One run. `say` takes a line for every step, to follow a run that fails."""

    def __init__(
        self,
        seed: int,
        directory: Path,
        environment: Callable[..., dict[str, str]],
        say: Callable[[str], None] = print,
    ) -> None:
        self._say = say
        self._dice = random.Random(seed)
        self._ways = Ways.draw(self._dice)
        say(f"seed {seed}: {self._ways}")
        self._faults = FaultDice(self._dice, self._ways.throttles)
        self._directory = directory
        self._environment = environment
        self._account = FaultAccount().write(directory / "account.json")
        # Below those that the kernel gives to others.
        port = random.Random().randrange(11_000, 31_000)
        self._sim = start_sim(["--account", self._account, *self._ways.sim_flags], port)
        kept = ("left",) if self._ways.one_cluster else ()
        self._world = World(self._sim, self._dice, kept)
        self._wall = WallClock(directory / "wall")
        (directory / "out").mkdir()
        self.output = directory / "out" / f"targets{self._ways.suffix}"
        self._state = directory / "state" / "file.db"
        self._state.parent.mkdir()
        self._in_state: dict[str, str] = {}  # targets by task
        self._with_state = False
        self._daemon: discovery_process.Daemon | None = None
        self._web: web.Web | None = None
        self._watch: FileWatch | None = None
        self.found = Findings()

    def run(self, more: Callable[[Findings], bool]) -> Findings:
        """Makes rounds for as long as `more` says, then recovers a last time."""
        try:
            self._start()
            while more(self.found):
                self._round()
                self.found.rounds += 1
            self._recover()
            self._end(signal.SIGTERM)
            self._stop_watching()
        finally:
            self._give_up()
        return self.found

    def _give_up(self) -> None:
        if self._daemon:
            self._daemon.process.kill()
            self._daemon.process.wait()
        with contextlib.suppress(AssertionError):
            self._stop_watching()
        self._sim.stop()

    # A round.

    def _round(self) -> None:
        faults = self._faults.draw() if self._dice.random() < 0.75 else None
        self._say(f"round {self.found.rounds}: {'as before' if faults is None else faults}")
        if faults is not None:
            self._sim.set_faults(*faults)
            self._let_it_read()
        before, daemon = self._served(), self._daemon
        for _ in range(self._dice.randint(1, 5)):
            self._step()
            self._complain()
        if daemon is self._daemon:
            self._check_served(before)
        if self._dice.random() < 0.4:
            self._recover()

    def _step(self) -> None:
        steps = [self._change] * 6 + [self._wait] * 6 + [self._restart] * 2
        steps += [self._hang_up, self._freeze, self._delete_file]
        steps += [self._expire, self._restart_sim, self._jump]
        self._dice.choice(steps)()

    def _change(self) -> None:
        self._say("  " + self._world.change())

    def _wait(self) -> None:
        """A random moment is what is wanted here."""
        time.sleep(self._dice.choice((0.01, 0.05, 0.2, 0.5)))

    def _let_it_read(self) -> None:
        """Mostly lets a refresh or two pass, or as much of one as there is time for."""
        if self._dice.random() < 0.3:
            return
        began, end = self._refreshes(), time.monotonic() + 1
        while self._refreshes() < began + 3 and time.monotonic() < end:
            time.sleep(0.02)

    def _has_said(self, *words: str) -> bool:
        return any(word in self._daemon.stderr for word in words)

    def _hang_up(self) -> None:
        if not self._has_said('msg="starting'):
            return  # no process survives it before it can take signals
        self._say("  SIGHUP")
        self._daemon.process.send_signal(signal.SIGHUP)

    def _freeze(self) -> None:
        """Perhaps for longer than a call may take."""
        self._say("  SIGSTOP")
        self._daemon.process.send_signal(signal.SIGSTOP)
        self._change()
        self._wait()
        self._daemon.process.send_signal(signal.SIGCONT)

    def _expire(self) -> None:
        """All temporary keys end early."""
        keys = [key for key, each in self._sim.keys().items() if each["token"]]
        self._say(f"  {len(keys)} keys end")
        for key in keys:
            self._sim.expire(key)

    def _jump(self) -> None:
        """The wall clock does; AWS accepts some of it."""
        offset = self._dice.choice(("+0", "+4m", "-4m", "+7h", "-7h", "+3d", "-400d"))
        self._say(f"  the clock is {offset}")
        self._wall.jump(offset)

    def _restart_sim(self) -> None:
        """AWS cannot be reached for a while, and then does not know temporary keys any more."""
        self._say("  no AWS")
        self._account.write_text(json.dumps(self._sim.account()))
        self._sim.process.kill()
        self._sim.process.wait()
        self._wait()
        flags = ["--account", self._account, *self._ways.sim_flags]
        self._sim = start_sim(flags, self._sim.port)
        self._world.move_to(self._sim)

    def _delete_file(self) -> None:
        """The next refresh writes it again, whether it can read anything or not."""
        if not self.output.exists() or not self._has_said(*KNOWS_THE_FILE):
            return  # or it would never have seen the file
        self._say("  the file is deleted")
        self._stop_watching()
        self.output.unlink()
        self._start_watching()
        wait_for_file(self.output, "the file to be back")

    # Starts and ends.

    def _restart(self) -> None:
        self._end(self._dice.choice((signal.SIGKILL, signal.SIGTERM)))
        if self._dice.random() < 0.2:
            self._once()
        if self._dice.random() < 0.5:
            self._change()
        lost = self._dice.choice(("nothing", "nothing", "nothing", "file", "state", "both"))
        if lost in ("state", "both"):
            self._lose_state()
        if lost in ("file", "both"):
            self._stop_watching()
            self.output.unlink(missing_ok=True)
        self._say(f"  start, lost: {lost}")
        self._start()

    def _lose_state(self) -> None:
        """It is deleted, or spoilt so that not all of it can be believed."""
        self._in_state = {}
        spoilt = self._dice.random() < 0.5
        for path in self._state.parent.glob(self._state.name + "*"):
            if not spoilt:
                path.unlink()
        # Empty where the program was killed while it made it.
        content = bytearray(self._state.read_bytes() if self._state.exists() else b"")
        if spoilt and content:
            for _ in range(self._dice.randint(1, 40)):
                content[self._dice.randrange(len(content))] = self._dice.randrange(256)
            self._state.write_bytes(content[: self._dice.randrange(len(content))])

    def _end(self, how: signal.Signals) -> None:
        self._say(f"  {how.name}")
        self._daemon.seconds_to_stop(how)
        status = self._daemon.process.returncode
        # It may not yet have been able to take signals.
        assert status in (0, -how), f"status {status}: {self._daemon.stderr[-3000:]}"
        self._look()
        if self._with_state and self._state.exists():
            held = tasks_in_state(self._state, self._directory / "copy")
            known = self._in_state | self._world.promised()
            self._in_state = {task: target for task, target in known.items() if task in held}
        self._daemon = self._web = None

    def _once(self) -> None:
        """A run that ends by itself."""
        args = [*self._flags(), "-config.scrape-times", self._dice.randint(1, 3)]
        done = discovery_process.run(
            [*args, "-config.write-to", self.output], self._surroundings()
        )
        self._say(f"  once: status {done.status}")
        assert done.status in (0, 1), done.stderr
        self._look()

    def _flags(self) -> list[object]:
        flags = ["-config.scrape-interval", "50ms", "-aws.call-timeout", "500ms"]
        flags += ["-refresh-timeout", "3s", "-aws.rate-share", "1", *self._ways.flags]
        flags += ["-startup-grace", self._dice.choice(("0s", "1s", "5m"))]
        return [*flags, "-rediscover-within", self._dice.choice(("0s", "1s", "10m"))]

    def _surroundings(self) -> dict[str, str]:
        variables = self._wall.variables if self._ways.jumps else {}
        return self._environment(self._sim.environment(), variables)

    def _start(self) -> None:
        flags = [*self._flags(), "-config.write-to", self.output]
        self._with_state = self._ways.state and self._dice.random() < 0.8
        if self._with_state:
            flags += ["-state.path", self._state]
        in_file = targets_by_task(self.output) if self.output.exists() else {}
        self._world.begin_with((self._in_state if self._with_state else {}) | in_file)
        if self._ways.web:
            flags += ["-web.listen-address", "127.0.0.1:0"]
        if not self._watch:
            self._start_watching()
        self.found.starts += 1
        log = self._directory / f"daemon-{self.found.starts}.log"
        self._daemon = discovery_process.Daemon(flags, self._surroundings(), log)
        self._web = web.Web(self._daemon) if self._ways.web else None

    # What must hold.

    def _start_watching(self) -> None:
        self._watch = FileWatch(self.output, self._world.check)
        self._watch.__enter__()

    def _stop_watching(self) -> None:
        watch, self._watch = self._watch, None
        if watch:
            watch.__exit__(None)

    def _complain(self) -> None:
        assert self._watch is None or not self._watch.findings, self._watch.findings
        if self._daemon and self._daemon.process.poll() is not None:
            raise AssertionError(f"ended by itself:\n{self._daemon.stderr[-3000:]}")

    def _look(self) -> None:
        if self.output.exists():
            self._world.check(self.output)

    def _served(self) -> set[str]:
        """The tasks in /sd, which is later than the file by the time that the disk takes for that."""
        answer = self._web.get("/sd") if self._web else None
        if answer is None or answer.status != 200:
            return set()
        return {group["labels"]["task_arn"] for group in json.loads(answer.body)}

    def _check_served(self, before: set[str]) -> None:
        lost = (before & self._world.promised().keys()) - self._served()
        assert not lost, f"/sd has not {lost}"

    def _refreshes(self) -> int:
        """Pages of the first listing; there are few, so it is nearly that."""
        return self._sim.count(self._ways.begins_with)

    def _recover(self) -> None:
        """Without faults a few refreshes give what is in the account, and what a new process
        finds."""
        self._wall.jump("+0")
        self._sim.set_faults()
        began = self._refreshes()
        wanted = self._world.wanted("left" if self._ways.one_cluster else "")
        self._wait_for(lambda: self._tasks() == wanted, f"the right targets, {sorted(wanted)}")
        took = self._refreshes() - began
        self.found.refreshes.append(took)
        self._say(f"  recovered in {took}, {len(wanted)} tasks")
        assert self._ways.throttles or took <= MOST_REFRESHES, f"{took} refreshes"
        fresh = self._fresh()
        text = fresh.read_text()
        self._wait_for(lambda: self._content() == text, "what a new process writes")
        self._look()
        if self._web:
            groups = read_groups(fresh)
            self._wait_for(lambda: self._serves(groups), "the right /sd")
        self._faults.settle()

    def _content(self) -> str:
        return self.output.read_text() if self.output.exists() else ""

    def _tasks(self) -> set[str]:
        return set(targets_by_task(self.output)) if self.output.exists() else set()

    def _fresh(self) -> Path:
        fresh = self._directory / f"fresh{self._ways.suffix}"
        fresh.unlink(missing_ok=True)
        args = [*self._ways.flags, "-config.scrape-times", "1", "-config.write-to", fresh]
        done = discovery_process.run(args, self._surroundings())
        assert (done.status, done.problems) == (0, []), done.stderr
        return fresh

    def _serves(self, groups: list[dict]) -> bool:
        answer = self._web.get("/sd")
        return answer.status == 200 and json.loads(answer.body) == groups

    def _wait_for(self, probe: Callable[[], bool], what: str) -> None:
        def probe_or_complain() -> bool:
            self._complain()
            return probe()

        def seen() -> str:
            return f"{self._daemon.stderr[-3000:]}\nthe file has {sorted(self._tasks())}"

        wait_until(probe_or_complain, what, seen=seen)

"""What goes wrong in a story, and how it is mended: each takes the scene and changes it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Callable

import processes
import wall_clock
from certificates import Authority
from fault_account import document
from sim_process import ACCESS_KEY, SECRET_KEY
from story_scene import CLUSTERS, OTHER_REGION, Scene, account, newcomers

Act = Callable[[Scene], None]
WITHOUT_KEYS = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}


def nothing(_scene: Scene) -> None:
    """For stories that need no preparation."""


def faults(*kinds: str, anew: bool = False) -> Act:
    """`anew`: something starts then that nobody has asked for before."""

    def act(scene: Scene) -> None:
        scene.sim.set_faults(*kinds)
        if anew:
            scene.sim.add(newcomers())

    return act


def no_faults(scene: Scene) -> None:
    scene.sim.set_faults()


def deployed(**variables: str) -> Act:
    """The program starts again with these variables too."""
    return lambda scene: scene.restart(variables={**scene.prepared, **variables})


def redeployed(scene: Scene) -> None:
    """It starts again as it was prepared."""
    scene.restart(variables=scene.prepared, flags=[])


def stop_aws(scene: Scene) -> None:
    scene.sim.stop()


def start_aws(scene: Scene) -> None:
    scene.start_sim()


def swallow_packets(scene: Scene) -> None:
    """Nothing answers at the address any more, not even with a refusal."""
    scene.sim.stop()
    hole = socket.socket()
    hole.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    hole.bind(("127.0.0.1", scene.sim_port))
    hole.listen(0)
    scene.held = [hole]
    for _ in range(3):  # more than its queue takes
        waiting = socket.socket()
        waiting.setblocking(False)
        waiting.connect_ex(("127.0.0.1", scene.sim_port))
        scene.held.append(waiting)


def pass_packets(scene: Scene) -> None:
    for each in scene.held:
        each.close()
    scene.start_sim()


def other_region(scene: Scene) -> None:
    """A deployment with a region in which the account has nothing."""
    path = scene.directory / "empty.json"
    path.write_text(json.dumps(document() | {"region": OTHER_REGION}))
    empty = scene.new_sim("--account", str(path))
    region = {"AWS_REGION": OTHER_REGION, "AWS_DEFAULT_REGION": OTHER_REGION}
    scene.restart(variables={"AWS_ENDPOINT_URL": empty.url, **region})


def remove_clusters(scene: Scene) -> None:
    for cluster in CLUSTERS:
        scene.sim.remove_cluster(cluster)


def stop_most_tasks(scene: Scene) -> None:
    """All before the program looks again."""
    scene.daemon.process.send_signal(signal.SIGSTOP)
    for cluster in scene.sim.account()["clusters"]:
        for task in cluster["tasks"][:9]:
            scene.sim.stop_task(task["taskArn"])
    scene.daemon.process.send_signal(signal.SIGCONT)


def start_tasks(scene: Scene) -> None:
    scene.sim.add(account())


def kill(scene: Scene) -> None:
    scene.daemon.process.kill()
    scene.daemon.process.wait()


def start(scene: Scene) -> None:
    scene.start()


def select_one_cluster(scene: Scene) -> None:
    """A deployment with another selection, whose refreshes are far apart."""
    scene.restart(flags=["-config.cluster", "right", "-config.scrape-interval", "20s"])


def can_mount() -> bool:
    return subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0


def small_disk(scene: Scene) -> None:
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", scene.output.parent]
    subprocess.run(command, check=True)


def fill_disk(scene: Scene) -> None:
    with (scene.output.parent / "ballast").open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"x" * 4096)
        except OSError:
            pass
    scene.sim.add(newcomers())


def empty_disk(scene: Scene) -> None:
    (scene.output.parent / "ballast").unlink()


def remove_directory(scene: Scene) -> None:
    scene.output.parent.rename(scene.directory / "gone")
    scene.sim.add(newcomers())


def restore_directory(scene: Scene) -> None:
    (scene.directory / "gone").rename(scene.output.parent)


def own_clock(scene: Scene) -> None:
    scene.wall = wall_clock.WallClock(scene.directory / "wall")
    scene.prepared = scene.wall.variables


def set_clock(offset: str) -> Act:
    return lambda scene: scene.wall.jump(offset)


def tls(scene: Scene) -> None:
    ours, scene.strangers = (Authority(scene.directory, name) for name in ("ours", "strangers"))
    scene.sim_flags = ours.issue("127.0.0.1").flags
    url = f"https://127.0.0.1:{scene.sim_port}"
    scene.prepared = {"AWS_ENDPOINT_URL": url, "AWS_CA_BUNDLE": str(ours.bundle)}


def trust_strangers(scene: Scene) -> None:
    deployed(AWS_CA_BUNDLE=str(scene.strangers.bundle))(scene)


def keys_of_a_command(scene: Scene) -> None:
    scene.command = scene.directory / "keys.sh"
    keys = {"Version": 1, "AccessKeyId": ACCESS_KEY, "SecretAccessKey": SECRET_KEY}
    scene.command.write_text(f"#!/bin/sh\necho '{json.dumps(keys)}'\n")
    scene.command.chmod(0o755)
    profile = scene.directory / "config"
    profile.write_text(f"[default]\ncredential_process = {scene.command}\n")
    scene.prepared = {**WITHOUT_KEYS, "AWS_CONFIG_FILE": str(profile)}


def break_command(scene: Scene) -> None:
    scene.intact = scene.command.read_text()
    scene.command.write_text("#!/bin/sh\nexit 7\n")
    redeployed(scene)


def mend_command(scene: Scene) -> None:
    scene.command.write_text(scene.intact)


def keys_of_an_instance(scene: Scene) -> None:
    scene.prepared = {
        **WITHOUT_KEYS,
        "AWS_EC2_METADATA_DISABLED": "false",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://127.0.0.1:{scene.plain_port}",
        "AWS_METADATA_SERVICE_TIMEOUT": "20",  # for a busy machine
    }


def lose_metadata(scene: Scene) -> None:
    deployed(AWS_EC2_METADATA_SERVICE_ENDPOINT=f"http://127.0.0.1:{processes.free_port()}")(scene)


def state_file(scene: Scene) -> None:
    scene.state = scene.directory / "state.db"
    scene.flags = ["-state.path", scene.state]


def another_file_there(scene: Scene) -> None:
    scene.daemon.stop()
    scene.state.rename(scene.directory / "kept.db")
    scene.state.write_text("a letter to somebody, and not a state file\n" * 100)
    scene.start()


def state_file_back(scene: Scene) -> None:
    scene.daemon.stop()
    (scene.directory / "kept.db").rename(scene.state)
    scene.start()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does what docs/deploying.md says on three machines: network namespaces with addresses of their own, joined by a
bridge. Runs the commands that the page shows under a comment that names their machine, and the systemd unit's.

  three_machines_test.py PROGRAM

Exit: 0 as the page promises, 1 not so, 77 skipped, as this needs root, `ip`, `unshare`, openssl and nats-server.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EXAMPLES = ROOT / "examples" / "deploying"
BLOCK = re.compile(r"^<!-- on (\w+) -->\n```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDRESSES = {"broker": "10.99.0.1", "attic": "10.99.0.2", "desk": "10.99.0.3"}
TOOLS = ("ip", "unshare", "mount", "openssl", "nats-server")


def skip(sentence):
    print("skipped:", sentence)
    sys.exit(77)


def enter_a_world_of_our_own():
    """Namespaces for network, mounts and processes that take everything with them when this process ends."""
    if os.geteuid() != 0:
        skip("three machines need network namespaces, which only root may make")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    for tool in TOOLS:
        if not shutil.which(tool):
            skip(f"there is no '{tool}' here")
    if os.environ.get("ENTENTE_OWN_WORLD"):
        return
    unshare = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if subprocess.run([*unshare, "ip", "netns"], capture_output=True).returncode != 0:
        skip("this machine lets nobody make network namespaces")
    os.environ["ENTENTE_OWN_WORLD"] = "yes"
    os.execvp("unshare", [*unshare, sys.executable, *sys.argv])


def run(*words):
    subprocess.run(words, check=True, capture_output=True, text=True)


def make_machines(folder):
    run("mount", "-t", "tmpfs", "tmpfs", "/run")
    hosts = folder / "hosts"
    hosts.write_text("".join(f"{address} {name}.example\n" for name, address in ADDRESSES.items()))
    run("mount", "--bind", str(hosts), "/etc/hosts")
    run("ip", "link", "add", "bridge", "type", "bridge")
    run("ip", "link", "set", "bridge", "up")
    for name, address in ADDRESSES.items():
        run("ip", "netns", "add", name)
        run("ip", "link", "add", f"{name}0", "type", "veth", "peer", "name", "eth0", "netns", name)
        run("ip", "link", "set", f"{name}0", "master", "bridge", "up")
        run("ip", "-n", name, "address", "add", f"{address}/24", "dev", "eth0")
        run("ip", "-n", name, "link", "set", "eth0", "up")
        run("ip", "-n", name, "link", "set", "lo", "up")
        (folder / name).mkdir()
        (folder / name / "examples").symlink_to(ROOT / "examples")


class Machine:
    def __init__(self, folder, name):
        self.folder, self.name, self.started = folder / name, name, []

    def start(self, command, label):
        """Runs on this machine, beside everything else; what it says goes to a file."""
        said = open(self.folder / f"{label}.log", "w+", encoding="utf-8")
        process = subprocess.Popen(["ip", "netns", "exec", self.name, "bash", "-c", command], cwd=self.folder,
                                   stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
        process.log = pathlib.Path(said.name)
        self.started.append(process)
        return process

    def run(self, command, limit=60):
        return subprocess.run(["ip", "netns", "exec", self.name, "bash", "-c", command], cwd=self.folder,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit)


def stop(process, how=signal.SIGTERM):
    os.killpg(process.pid, how)
    return process.wait(10)


def wait_until(true, what, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.05)


def says(process, text):
    wait_until(lambda: text in process.log.read_text(), f"'{text}' in {process.log.read_text()}")


def unit_command(credentials):
    """ExecStart of the unit, as systemd would expand it."""
    unit = (EXAMPLES / "entente-agent.service").read_text()
    command = re.search(r"^ExecStart=/usr/bin/(.*)$", unit, re.MULTILINE).group(1)
    settings = dict(re.findall(r"^(\w+)=(.*)$", (EXAMPLES / "agent.env").read_text(), re.MULTILINE))
    for name, value in settings.items():
        command = command.replace("$" + name, value)
    return "exec " + command.replace("%d", credentials)


def result_of(text):
    """What does not depend on the clock."""
    result = json.loads(text)
    del result["time"]
    for agent in result["agt_metrics"].values():
        del agent["activity_ratio"]
    return result


def check(true, sentence):
    if not true:
        raise AssertionError(sentence)
    print("ok:", sentence)


def restless():
    """Five in a ring who would all differ from their neighbours, with two colours: DSA never comes to rest."""
    lines = ["name: restless", "objective: min", "domains: {colours: {values: [red, green]}}", "variables:"]
    lines += [f"  v{i}: {{domain: colours}}" for i in range(5)]
    lines += ["constraints:"]
    lines += [f"  c{i}: {{type: intention, function: 1 if v{i} == v{(i + 1) % 5} else 0}}" for i in range(5)]
    return "\n".join([*lines, "agents: [ceiling_lamp, window_lamp, shelf_light, screen_light, reader]", ""])


def try_the_page(folder):
    page = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
    blocks = {}
    for machine, block in BLOCK.findall(page):
        blocks.setdefault(machine, []).append(block)
    broker, attic, desk = (Machine(folder, name) for name in ADDRESSES)
    make, serve = blocks["broker"]
    check(broker.run(make).returncode == 0, "the page's way to make credentials works")
    server = broker.start(serve, "server")
    says(server, "Server is ready")
    for machine, kind in ((attic, "agents"), (desk, "agents"), (desk, "orchestrator")):  # what the page does with scp
        for file in ("authority.pem", f"lights-{kind}.yaml"):
            shutil.copy(folder / "broker" / "credentials" / file, machine.folder)
    (agents,), (solve, alone) = blocks["attic"], blocks["desk"]

    # The page's order, and with the orchestrator before the agents; the agents of the unit outlive a run.
    shutil.copy(desk.folder / "lights-agents.yaml", desk.folder / "agents.yaml")
    unit = desk.start(unit_command(str(desk.folder)), "unit")
    says(unit, "waits for an orchestrator")
    by_hand = attic.start("exec " + agents, "agents")
    expected = result_of(desk.run(alone).stdout)
    first = desk.run(solve)
    check(first.returncode == 0 and result_of(first.stdout) == expected,
          f"three machines come to the result of one {first.stderr}")
    check(by_hand.wait(10) == 0, "agents end with the run")
    check(unit.poll() is None, "those of the unit wait for the next")
    second = desk.start("exec " + solve.strip() + " >second.json", "second")
    says(second, "ceiling_lamp")
    attic.start("exec " + agents, "agents_again")
    check(second.wait(30) == 0 and result_of((desk.folder / "second.json").read_text()) == expected,
          "and so they do when the agents come last")

    # What the page says of who may do what.
    program = "entente agent --names reader --run lights --credentials"
    (attic.folder / "untrusted.yaml").write_text(
        (attic.folder / "lights-agents.yaml").read_text().replace("authority: authority.pem\n", ""))
    plain = attic.run(f"{program} untrusted.yaml --nats nats://broker.example:4222", 30)
    check(plain.returncode == 2, f"nobody talks to the server in the clear: {plain.stderr.strip()}")
    (attic.folder / "wrong.yaml").write_text("user: lights-agents\npassword: guess\nauthority: authority.pem\n")
    wrong = attic.run(f"{program} wrong.yaml --nats tls://broker.example:4222", 30)
    check(wrong.returncode == 2, f"a wrong password opens nothing: {wrong.stderr.strip()}")
    other = attic.run("entente agent --names reader --run heating --credentials lights-agents.yaml "
                      "--nats tls://broker.example:4222", 30)
    check(other.returncode == 2, f"credentials are good for one run: {other.stderr.strip()}")
    untrusted = attic.run(f"{program} untrusted.yaml --nats tls://broker.example:4222", 30)
    check(untrusted.returncode == 2, f"a server that nobody vouches for is not trusted: {untrusted.stderr.strip()}")

    # What happens when the server goes in the middle of a run, and comes back.
    (desk.folder / "restless.yaml").write_text(restless())

    def longer(command):
        return command.strip().replace("--stop_cycle 100", "--stop_cycle 500").replace(
            "examples/smart_lights.yaml", "restless.yaml")
    attic.start("exec " + agents.strip() + " --delay 0.001", "agents_slow")
    (desk.folder / "third.json").touch()
    third = desk.start(f"exec {longer(solve)} --stream >third.json", "third")

    def rows():
        return (desk.folder / "third.json").read_text().splitlines()

    wait_until(lambda: len(rows()) > 20, "a longer run is under way")
    stop(server, signal.SIGKILL)
    time.sleep(1)
    server = broker.start(serve, "server_again")
    check(third.wait(60) == 0 and len(rows()) > 500, f"a run survives a restart of the server {third.log.read_text()}")
    result = json.loads(rows()[-1])
    del result["type"]
    check(result_of(json.dumps(result)) == result_of(desk.run(longer(alone)).stdout), "with the same result")
    stop(unit)
    stop(server)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    enter_a_world_of_our_own()
    with tempfile.TemporaryDirectory(prefix="entente-machines-") as folder:
        folder = pathlib.Path(folder)
        (folder / "bin").mkdir()
        (folder / "bin" / "entente").symlink_to(pathlib.Path(sys.argv[1]).resolve())
        os.environ["PATH"] = f"{folder / 'bin'}:{os.environ['PATH']}"
        try:
            make_machines(folder)
            try_the_page(folder)
        except (AssertionError, KeyError, ValueError, subprocess.TimeoutExpired) as fault:
            print("FAILED:", fault, file=sys.stderr)
            for log in sorted(folder.glob("*/*.log")):
                print(f"-- {log.parent.name}: {log.name}\n{log.read_text()[-2000:]}", file=sys.stderr)
            sys.exit(1)


if __name__ == "__main__":
    main()

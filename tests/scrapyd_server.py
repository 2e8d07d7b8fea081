"""A real scrapyd, as deploy/scrapyd has it: only port, password and folder are the test's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from base64 import b64encode
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.conftest import ROOT
from tests.processes import answers, free_port, wait_until
from tests.project_copy import copy_project

SCRAPYD = Path(os.environ.get("SCRAPYD", ROOT / ".venv-scrapyd"))
"""Virtual environment of its own with scrapyd in it: `make scrapyd` makes one."""

CONFIGURATION = ROOT / "deploy" / "scrapyd" / "scrapyd.conf"
USER, PASSWORD = "news", "a password: of the test"
OWN = (f"{USER}:{PASSWORD}",)


class Scrapyd:
    """Started in a folder nobody may write in, by a user without a home."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.cwd, self.home, self.log = folder / "cwd", folder / "home", folder / "scrapyd.log"
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "SCRAPYD_HTTP_PORT": str(self.port),
            "SCRAPYD_PASSWORD": PASSWORD,
            **environment,
        }
        self.cwd.mkdir()
        shutil.copy(CONFIGURATION, self.cwd)
        # No variable names the folder; the closest scrapy.cfg is what scrapyd reads last.
        (self.cwd / "scrapy.cfg").write_text(f"[scrapyd]\nfolder = {folder / 'kept'}\n")
        self.cwd.chmod(0o555)

    def start(self) -> None:
        """Returns when it answers; RuntimeError with its log where it ends instead."""
        command = [str(SCRAPYD / "bin" / "scrapyd"), "--pidfile="]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, cwd=self.cwd, env=self.environment, stdout=log, stderr=log)
        wait_until(lambda: answers(self.port) or self.process.poll() is not None, lambda: "scrapyd does not come up")
        if self.process.poll() is not None:
            raise RuntimeError(self.log.read_text())

    def stop(self) -> None:
        """Ends it, not its jobs."""
        self.process.terminate()
        self.process.wait(10)

    def deploy(self, project: Path) -> str:
        """What the real `scrapyd-deploy` prints in a copy of the checkout."""
        copy_project(project)
        configuration = project / "scrapy.cfg"
        configuration.write_text(configuration.read_text().replace("localhost:6800", f"127.0.0.1:{self.port}"))
        command = [SCRAPYD / "bin" / "scrapyd-deploy"]
        return subprocess.run(
            command, cwd=project, env=self.environment, check=True, timeout=600, stdout=subprocess.PIPE, text=True
        ).stdout

    def ask(self, path: str, given: dict[str, str] | None = None, user: str | None = OWN[0]) -> tuple[int, str]:
        """Status and body; a POST where something is given."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=600)
        headers = {"Authorization": f"Basic {b64encode(user.encode()).decode()}"} if user else {}
        if given is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("GET" if given is None else "POST", path, urlencode(given or {}), headers)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        return response.status, body

    def schedule(self, **given: str) -> str:
        """Id of the job."""
        status, body = self.ask("/schedule.json", {"project": "asiatongsin", "spider": "asiatongsin", **given})
        answer = json.loads(body)
        assert (status, answer["status"]) == (200, "ok"), body
        return str(answer["jobid"])

    def cancel(self, job: str, **given: str) -> None:
        """Tells a job to stop."""
        _, body = self.ask("/cancel.json", {"project": "asiatongsin", "job": job, **given})
        assert json.loads(body)["prevstate"] == "running", body

    def jobs(self, state: str) -> dict[str, Any]:
        """Jobs that are pending, running or finished, by id."""
        return {job["id"]: job for job in json.loads(self.ask("/listjobs.json?project=asiatongsin")[1])[state]}

    def last_line(self, job: str) -> str:
        """Waits for the end of the job, and reads its log where scrapyd serves it."""
        wait_until(lambda: job in self.jobs("finished"), lambda: f"{job} does not end: {self.log.read_text()}")
        status, log = self.ask(self.jobs("finished")[job]["log_url"])
        assert status == 200
        return log.rstrip().rpartition("\n")[2]

    def ended(self, job: str) -> list[str]:
        """What scrapyd itself logged about the end of a job."""
        lines = self.log.read_text().splitlines()
        return [line for line in lines if f"job='{job}'" in line and "Process started" not in line]

"""`deskapp watch` beside a real server that goes and comes back: said once, waited for, gone on (rows C2, P3)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import closing

import psycopg
import pytest

from tests import builders
from tests.server import own_server

pytestmark = [pytest.mark.row("C2", "P3"), pytest.mark.timeout(180)]


def test_a_server_that_goes_while_it_watches(tmp_path, clock):
    with own_server() as server:
        with closing(psycopg.connect(server.url().replace("+psycopg", "", 1), autocommit=True)) as admin:
            admin.execute("CREATE DATABASE watched")
        url = server.url("watched")
        builders.found_company(url)
        command = [sys.executable, "-m", "deskapp", "watch", "--db", url, "--every", "0.3"]
        home = os.environ | {"XDG_DATA_HOME": str(tmp_path), "DESKAPP_KEYRING": "0"}
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, encoding="utf-8", env=home)
        killer = threading.Timer(150, process.kill)
        killer.start()
        try:
            assert "开始守候:海棠装饰" in process.stdout.readline()
            server.stop()
            assert "Traceback" not in process.stderr.readline()
            server.start()
            assert "已恢复" in process.stdout.readline()
            clock.at = clock.at.subtract(years=1)
            desk = builders.open_at(url, clock)
            builders.a_complaint(desk)
            desk.store.close()
            assert "升级上报 2 次" in process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=60)
        finally:
            killer.cancel()
            process.kill()
        assert (process.returncode, err) == (0, ""), "it was said once"
        assert out.rstrip().endswith("守候结束")

# SPDX-License-Identifier: GPL-2.0
"""What a head offers over the network: sshd with a key of a boot parameter, and nothing without."""

from lib.case import case
from lib.cluster import QemuCluster, peers
from lib.errors import check, check_equal

SSH = "ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ConnectTimeout=20"


def address_of(machine, number):
    """As machine's daemon knows it."""
    return peers(machine)[number]["address"]


@case(tier="check", timeout=600, cost=2)
def sshd_by_key(t):
    cluster = QemuCluster(t)
    client = cluster.add_head("client", params=["mos.id=1"])
    client.wait_boot()
    client.sh("ssh-keygen -q -t ed25519 -N '' -f /tmp/admitted; ssh-keygen -q -t ed25519 -N '' -f /tmp/stranger")
    key = client.sh("cat /tmp/admitted.pub").split()[1]
    server = cluster.add_head("server", params=["mos.id=2", f"mos.sshkey={key}"])
    server.wait_boot()
    cluster.wait_joined()
    to_server = f"root@{address_of(client, 2)}"
    server.wait(lambda: server.run("systemctl is-active ssh").status == 0, 120, "sshd", 0.3)

    check_equal(client.sh(f"{SSH} -i /tmp/admitted {to_server} cat /proc/hpc/admin/mospe 2>/dev/null").strip(), "2",
                "node that was logged into")
    refused = client.run(f"{SSH} -i /tmp/stranger -o IdentitiesOnly=yes {to_server} true")
    check_equal(refused.status, 255, "login with another key")
    check("(publickey)" in refused.text, f"ways to log in: {refused.text!r}")

    check(client.run("systemctl is-active ssh").status != 0, "sshd runs without a key")
    refused = server.run(f"{SSH} root@{address_of(server, 1)} true")
    check("Connection refused" in refused.text, f"port 22 of a head without key: {refused.text!r}")

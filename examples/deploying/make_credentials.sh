#!/bin/bash
# SPDX-License-Identifier: MIT
# Makes what a server, agents and orchestrators need to trust each other.
#   make_credentials.sh HOST FOLDER RUN...
# HOST is the server's name or address as agents will write it. Writes into FOLDER, which nobody else can read then:
#   server     nats-server.conf runs.conf server.pem server.key
#   agents     RUN-agents.yaml authority.pem
#   orchestrator   RUN-orchestrator.yaml authority.pem
#   nobody     authority.key, which signs further certificates: keep it away from all machines
# What is there already stays, so that another run can be added: only runs.conf is written anew, from all credentials.
set -euo pipefail
[ $# -ge 3 ] || { sed -n 's/^# \{0,1\}//; 3,9p' "$0" >&2; exit 2; }
host=$1 folder=$2
shift 2
here=$(cd -- "$(dirname -- "$0")" && pwd)
umask 077
mkdir -p "$folder"
cd -- "$folder"
[ -e nats-server.conf ] || cp "$here/nats-server.conf" .

if [ ! -e authority.pem ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=Entente authority" \
    -keyout authority.key -out authority.pem 2>/dev/null
fi
if [ ! -e server.pem ]; then
  case $host in
    *[!0-9.]*) name=DNS:$host ;;
    *) name=IP:$host ;;
  esac
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$host" -keyout server.key \
    -out server.csr 2>/dev/null
  openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 825 -out server.pem \
    -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$name") 2>/dev/null
  rm -f server.csr authority.srl
fi

# make_user RUN ROLE
make_user() {
  [ -e "$1-$2.yaml" ] ||
    printf 'user: %s-%s\npassword: "%s"\nauthority: authority.pem\n' "$1" "$2" "$(openssl rand -hex 24)" >"$1-$2.yaml"
}
for run; do
  case $run in
    *[!A-Za-z0-9_-]* | '') echo "make_credentials.sh: '$run' is no name of a run: letters, digits, - and _" >&2; exit 2 ;;
  esac
  make_user "$run" agents
  make_user "$run" orchestrator
done

# password_of FILE
password_of() { sed -n 's/^password: "\(.*\)"$/\1/p' "$1"; }
{
  echo "accounts {"
  for file in *-orchestrator.yaml; do
    run=${file%-orchestrator.yaml}
    cat <<RUN
  "$run" {
    users = [
      {
        user: "$run-agents"
        password: "$(password_of "$run-agents.yaml")"
        permissions {
          publish: ["entente.$run.hello", "entente.$run.*.first", "entente.$run.*.to.*"]
          subscribe: ["entente.$run.*.to.*", "_INBOX.>"]
        }
      }
      {
        user: "$run-orchestrator"
        password: "$(password_of "$run-orchestrator.yaml")"
        permissions {
          publish: ["entente.$run.>", "_INBOX.>"]
          subscribe: ["entente.$run.>", "_INBOX.>"]
        }
      }
    ]
  }
RUN
  done
  echo "}"
} >runs.conf

#!/usr/bin/env bash
# One round on a cluster of one x86-64 and one emulated aarch64 worker; minutes, so not part of the tests.
#
#   jobs/src/test/cluster/mixed-architectures.sh [DIR]      DIR keeps the emulated JDK (default ~/.cache/federa/aarch64)
#
# Needs a Debian or Ubuntu on x86-64 with apt-get, and no rights: nothing is installed, packages are only unpacked.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../../.."
repository="$PWD"
directory="$(realpath -m "${1:-$HOME/.cache/federa/aarch64}")"

if [ ! -x "$directory/jdk/bin/java" ]; then
  mkdir -p "$directory"/{state/lists/partial,cache/archives/partial,packages,qemu,root,jdk/bin}
  cp /var/lib/dpkg/status "$directory/status"
  # Apt with lists of its own, so that the machine does not learn a second architecture.
  apt=(apt-get -q -o APT::Architectures::=amd64 -o APT::Architectures::=arm64 -o "Dir::State=$directory/state"
    -o "Dir::State::status=$directory/status" -o "Dir::Cache=$directory/cache" -o APT::Sandbox::User="$(id -un)")
  "${apt[@]}" update
  (cd "$directory/packages" && "${apt[@]}" download qemu-user-static \
    {openjdk-17-jre-headless,libc6,zlib1g,libstdc++6,libgcc-s1,libgomp1}:arm64)
  for package in "$directory"/packages/*_arm64.deb; do
    dpkg -x "$package" "$directory/root"
  done
  dpkg -x "$directory"/packages/qemu-user-static_*.deb "$directory/qemu"
  # The kernel cannot start Java's own helper for new processes, which is an aarch64 program: fork instead.
  cat >"$directory/java" <<JAVA
#!/bin/sh
exec $directory/qemu/usr/bin/qemu-aarch64-static -L $directory/root \\
  $directory/root/usr/lib/jvm/java-17-openjdk-arm64/bin/java -Djdk.lang.Process.launchMechanism=FORK "\$@"
JAVA
  chmod +x "$directory/java"
  mv "$directory/java" "$directory/jdk/bin/java"
fi
"$directory/jdk/bin/java" -version

cd "$repository"
./mvnw -q -B install -DskipTests -Pcpu-aarch64
./mvnw -B -pl jobs failsafe:integration-test failsafe:verify -Dit.test=MixedArchitecturesIT \
  -Daarch64.java="$directory/jdk" 2>&1 | grep --line-buffered -Ev ' (INFO|WARN) '

#!/usr/bin/env bash
# Runs on YARN, submitted as docs/cluster.md says, with a warehouse on HDFS; minutes, so not part of the tests.
#
#   jobs/src/test/cluster/yarn.sh [DIR]      DIR keeps Hadoop and Spark (default ~/.cache/federa/yarn)
#
# Starts a NameNode, a DataNode, a ResourceManager and two NodeManagers on ports 19000 to 19014 of loopback, and ends
# them. Needs 4 GB of free memory, and no rights.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../../.."
repository="$PWD"
directory="$(realpath -m "${1:-$HOME/.cache/federa/yarn}")"
hadoop_version="$(sed -n 's|.*<hadoop.version>\(.*\)</hadoop.version>.*|\1|p' pom.xml)"
spark_version=3.5.5 # the cluster's own: rarely that of the build

./mvnw -q -B install -DskipTests
# What mvnw has fetched, which itself knows but one pom.
mvn="${MAVEN_USER_HOME:-$HOME/.m2}/wrapper/dists/apache-maven-$(sed -n 's/^version=//p' .mvn/wrapper.properties)/bin/mvn"

# fetch FOLDER GROUP:ARTIFACT:VERSION...     with all that they need, in the versions of this project
fetch() {
  [ -d "$directory/$1" ] && return
  mkdir -p "$directory/poms/$1"
  {
    echo "<project><modelVersion>4.0.0</modelVersion><artifactId>federa-$1</artifactId><packaging>pom</packaging>"
    echo "<parent><groupId>federa</groupId><artifactId>federa</artifactId><version>0.1.0</version>"
    echo "<relativePath>$repository/pom.xml</relativePath></parent>"
    echo "<properties><spark.version>$spark_version</spark.version></properties><dependencies>"
    printf '%s\n' "${@:2}" | sed -E \
      's|(.*):(.*):(.*)|<dependency><groupId>\1</groupId><artifactId>\2</artifactId><version>\3</version><scope>compile</scope></dependency>|'
    echo "</dependencies></project>"
  } >"$directory/poms/$1/pom.xml"
  "$mvn" -q -B -f "$directory/poms/$1/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$directory/poms/$1/jars"
  mkdir -p "$directory/$1"
  mv "$directory/poms/$1/jars" "$directory/$1/"
}
hadoop=()
for artifact in hadoop-hdfs hadoop-yarn-server-{resourcemanager,nodemanager,timelineservice}; do
  hadoop+=("org.apache.hadoop:$artifact:$hadoop_version")
done
fetch hadoop "${hadoop[@]}"
spark=()
for artifact in core sql mllib yarn; do
  spark+=("org.apache.spark:spark-${artifact}_2.12:$spark_version")
done
for artifact in client-api client-runtime; do
  spark+=("org.apache.hadoop:hadoop-$artifact:$hadoop_version")
done
fetch spark "${spark[@]}"
# Of a Spark for YARN, but not among what its artifact depends on: the filter of the driver's page.
cp "$directory/hadoop/jars/hadoop-yarn-server-web-proxy-$hadoop_version.jar" "$directory/spark/jars/"

# Maven has no spark-submit: like it, ask Spark's launcher for the command, which says it ended by zero bytes.
mkdir -p "$directory/spark/bin"
cat >"$directory/spark/bin/spark-submit" <<'SUBMIT'
#!/usr/bin/env bash
SPARK_HOME="$(cd "$(dirname "$0")/.." && pwd)"
export SPARK_HOME SPARK_SCALA_VERSION=2.12
mapfile -d '' command < <(
  "${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "$SPARK_HOME/jars/*" org.apache.spark.launcher.Main org.apache.spark.deploy.SparkSubmit "$@"
)
command=("${command[@]:1}") # before the command is an empty line
exec "${command[@]#$'\n'}"
SUBMIT
chmod +x "$directory/spark/bin/spark-submit"

# site FILE NAME=VALUE...     a file of Hadoop's settings
site() {
  {
    echo "<configuration>"
    printf '%s\n' "${@:2}" | sed -E 's|([^=]*)=(.*)|<property><name>\1</name><value>\2</value></property>|'
    echo "</configuration>"
  } >"$1"
}
run="$(mktemp -d)"
mkdir -p "$run/conf/webapps"/{hdfs,datanode} "$run/logs" # pages that nobody will look at
site "$run/conf/core-site.xml" fs.defaultFS=hdfs://127.0.0.1:19000 "hadoop.tmp.dir=$run/data"
site "$run/conf/hdfs-site.xml" dfs.replication=1 dfs.namenode.http-address=127.0.0.1:19001 \
  dfs.datanode.{address=127.0.0.1:19002,http.address=127.0.0.1:19003,ipc.address=127.0.0.1:19004}
yarn=(yarn.scheduler.minimum-allocation-mb=256 yarn.nodemanager.resource.memory-mb=4096
  yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage=99
  yarn.resourcemanager.{scheduler.address=127.0.0.1:19010,resource-tracker.address=127.0.0.1:19011}
  yarn.resourcemanager.{address=127.0.0.1:19012,admin.address=127.0.0.1:19013,webapp.address=127.0.0.1:19014})
site "$run/conf/yarn-site.xml" "${yarn[@]}"
site "$run/conf/capacity-scheduler.xml" yarn.scheduler.capacity.root.{queues=default,default.capacity=100} \
  yarn.scheduler.capacity.maximum-am-resource-percent=0.5
echo "log4j.rootLogger=WARN,console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d %p %c: %m%n" >"$run/conf/log4j.properties"

# daemon CONF MAIN [ARG]...     a process of Hadoop's; on Java 17 its injection of dependencies needs the option
daemon() {
  exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx384m -XX:+UseSerialGC --add-opens=java.base/java.lang=ALL-UNNAMED \
    -cp "$1:$directory/hadoop/jars/*" "org.apache.hadoop.$2" "${@:3}"
}
(daemon "$run/conf" hdfs.server.namenode.NameNode -format >"$run/logs/format" 2>&1)

pids=()
finish() {
  kill "${pids[@]}" || true # one that failed to start
  wait
  rm -rf "$run"
}
trap finish EXIT
start() {
  daemon "${@:2}" >"$run/logs/$1" 2>&1 &
  pids+=($!)
}
start namenode "$run/conf" hdfs.server.namenode.NameNode
start datanode "$run/conf" hdfs.server.datanode.DataNode
start resourcemanager "$run/conf" yarn.server.resourcemanager.ResourceManager
for node in 1 2; do
  mkdir "$run/node-$node"
  site "$run/node-$node/yarn-site.xml" "${yarn[@]}" yarn.nodemanager.{,localizer.,webapp.}address=127.0.0.$node:0 \
    yarn.nodemanager.{local-dirs="$run/node-$node/local",log-dirs="$run/node-$node/logs"}
  start "nodemanager-$node" "$run/node-$node:$run/conf" yarn.server.nodemanager.NodeManager
done
for ((waited = 0; ; waited++)); do
  if curl -s http://127.0.0.1:19014/ws/v1/cluster/metrics | grep -q '"activeNodes":2'; then
    break
  fi
  [ "$waited" -lt 120 ] || { tail -n 20 "$run"/logs/* >&2; exit 1; }
  sleep 1
done

export HADOOP_CONF_DIR="$run/conf" SPARK_SUBMIT_OPTS="-Dlog4j2.configurationFile=file:$repository/conf/spark/log4j2.properties"
./mvnw -B -pl jobs failsafe:integration-test failsafe:verify -Dit.test=YarnIT \
  -Dyarn.spark="$directory/spark" 2>&1 | grep --line-buffered -Ev ' (INFO|WARN) '

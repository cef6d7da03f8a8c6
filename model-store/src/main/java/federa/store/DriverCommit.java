package federa.store;

import io.delta.exceptions.DeltaConcurrentModificationException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.Metadata;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.apache.spark.sql.delta.schema.SchemaMergingUtils$;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * One commit to a Delta table of rows that this process holds. The files are as Spark writes them and the transaction is
 * Delta's, but no Spark job runs: for the few rows of a round, jobs are most of the time.
 */
final class DriverCommit {

    private final SparkSession spark;
    private final Table table;
    private final DeltaLog log;
    private final OptimisticTransaction transaction;

    /** Begins a commit on the table as it is now. */
    DriverCommit(SparkSession spark, Table table, DeltaLog log) {
        this.spark = spark;
        this.table = table;
        this.log = log;
        transaction = log.startTransaction(Option.empty(), Option.empty());
    }

    /**
     * Commits the rows, unless the writer has this version or a later one already.
     *
     * @param properties of the table, if this makes it
     * @return the writer's version in the table after this
     * @throws StoreException if the file system does not take it
     */
    long append(Iterable<Row> rows, Map<String, String> properties, String writer, long version) {
        try {
            return appended(rows, properties, writer, version);
        } catch (FSError e) { // how Hadoop's local file system says that a disk is full
            throw new StoreException("cannot write the table %s: %s".formatted(log.dataPath(), e.getMessage()), e);
        }
    }

    private long appended(Iterable<Row> rows, Map<String, String> properties, String writer, long version) {
        long last = lastVersion(writer);
        if (last >= version) {
            return last;
        }
        setMetadata(properties);
        List<Action> actions = new ArrayList<>();
        actions.add(new SetTransaction(writer, version, Option.apply(System.currentTimeMillis())));
        RowFile file = new RowFile(spark, log, table);
        try {
            file.write(rows).ifPresent(actions::add);
        } catch (Throwable e) {
            file.delete();
            throw e;
        }
        try {
            commit(actions);
        } catch (DeltaConcurrentModificationException e) {
            file.delete(); // after any other failure the commit may be there
            throw e;
        }
        return version;
    }

    private void commit(List<Action> actions) {
        transaction.commit(
                seq(actions),
                new DeltaOperations.Write(
                        SaveMode.Append,
                        Option.apply(seq(List.of(table.partitionedBy()))),
                        Option.empty(),
                        Option.empty()));
    }

    private long lastVersion(String writer) {
        if (transaction.readVersion() < 0) {
            return -1;
        }
        transaction.readTxn().$plus$eq(writer); // a commit of the same writer meanwhile is a conflict
        return TableState.of(log, transaction.snapshot()).lastVersion(writer);
    }

    /** Of a new table; or with the columns that were added since a version of this project made it. */
    private void setMetadata(Map<String, String> properties) {
        Metadata now = transaction.metadata();
        if (transaction.readVersion() < 0) {
            transaction.updateMetadata(
                    new Metadata(
                            UUID.randomUUID().toString(),
                            null,
                            null,
                            now.format(),
                            table.schema().json(),
                            seq(List.of(table.partitionedBy())),
                            configuration(properties),
                            Option.apply(System.currentTimeMillis())),
                    false);
            return;
        }
        StructType merged =
                SchemaMergingUtils$.MODULE$.mergeSchemas(now.schema(), table.schema(), false, false, false, false);
        if (!merged.equals(now.schema())) {
            transaction.updateMetadata(
                    now.copy(
                            now.id(),
                            now.name(),
                            now.description(),
                            now.format(),
                            merged.json(),
                            now.partitionColumns(),
                            now.configuration(),
                            now.createdTime()),
                    false);
        }
    }

    private static scala.collection.immutable.Map<String, String> configuration(Map<String, String> properties) {
        return scala.collection.immutable.Map$.MODULE$
                .<String, String>empty()
                .$plus$plus(JavaConverters.mapAsScalaMap(properties));
    }

    private static <T> Seq<T> seq(List<T> list) {
        return JavaConverters.asScalaBuffer(list).toSeq();
    }
}

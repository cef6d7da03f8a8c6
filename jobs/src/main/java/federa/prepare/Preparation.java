package federa.prepare;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a source, leaves out and reports its malformed records, and makes the ids unique.
 *
 * @param maxBadShare the part of malformed records, from 0 to 1, above which the data is refused
 */
public record Preparation(SparkSession spark, double maxBadShare) {

    private static final Logger LOG = LoggerFactory.getLogger(Preparation.class);
    private static final int REPORTED = 5;

    public Preparation {
        if (!(maxBadShare >= 0 && maxBadShare <= 1)) {
            throw new InvalidInputException("max-bad-share must be from 0 to 1, got " + maxBadShare);
        }
    }

    /**
     * The checked rows of a source. Counts that differ from the published ones are logged, since a subset is legal.
     *
     * @throws InvalidInputException with what, where and the remedy in one line, if a file is missing or unreadable, if too
     *     many records are malformed, or if a split has no rows
     */
    public Prepared run(Source source) {
        return run(source, () -> source.read(spark));
    }

    /** As {@link #run(Source)}, for rows that a program has. */
    public Prepared run(Given source, Dataset<Row> rows) {
        return run(source, () -> source.records(rows));
    }

    private Prepared run(Source source, Supplier<Dataset<Row>> records) {
        spark.sparkContext().setJobDescription("prepare %s: read and count".formatted(source.name()));
        Dataset<Row> all = withUniqueIds(records.get()).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            Counts counts = count(source, all);
            check(source, counts);
            report(source, counts);
            Kind kind = source.kind();
            return new Prepared(kind, all.where(usable()).select(kind.columns()), counts, all);
        } catch (Exception e) {
            // Scala declares nothing: SparkException is a checked one.
            all.unpersist();
            throw asUserError(source, e);
        } finally {
            spark.sparkContext().setJobDescription(null);
        }
    }

    /** Equal records share the hash that is their id until here; a second use of an id of the data's own is malformed. */
    private static Dataset<Row> withUniqueIds(Dataset<Row> all) {
        Column key = coalesce(col("id"), concat_ws(":", col("file"), col("line")));
        // Several records may share a line, so the content decides which of them comes first.
        Column content = xxhash64(col("label"), col("text"), col("question"), col("answers"), col("starts"));
        Column copy =
                row_number().over(Window.partitionBy(key).orderBy(desc("split"), col("file"), col("line"), content));
        Column second = col("copy").gt(1).and(usable());
        Column reused = second.and(col("hashed").equalTo(false));
        Column numbered = concat_ws("-", col("id"), col("copy"));
        Column reason =
                concat(lit("the id '"), col("id"), lit("' was used before; ids must differ over train and test"));
        return all.withColumn("copy", copy)
                .withColumns(Map.of(
                        "id", when(second.and(col("hashed")), numbered).otherwise(col("id")),
                        "problem", when(reused, reason).otherwise(col("problem")),
                        "severity", when(reused, RawRow.Severity.RECORD.name()).otherwise(col("severity"))))
                .drop("copy", "hashed");
    }

    private static Counts count(Source source, Dataset<Row> all) {
        List<String> unusable = first(all.where(is(RawRow.Severity.FILE)));
        if (!unusable.isEmpty()) {
            throw new InvalidInputException(unusable.get(0));
        }

        SortedMap<String, SortedMap<String, Long>> byLabel = new TreeMap<>();
        for (Row row : all.where(usable()).groupBy("split", "label").count().collectAsList()) {
            byLabel.computeIfAbsent(row.getString(0), split -> new TreeMap<>()).put(row.getString(1), row.getLong(2));
        }
        Dataset<Row> malformed = all.where(is(RawRow.Severity.RECORD));
        return new Counts(byLabel, classes(source, all), malformed.count(), skipped(all), first(malformed));
    }

    private static SortedMap<String, Long> skipped(Dataset<Row> all) {
        SortedMap<String, Long> byReason = new TreeMap<>();
        Dataset<Row> skipped = all.where(is(RawRow.Severity.SKIPPED));
        for (Row row : skipped.groupBy("problem").count().collectAsList()) {
            byReason.put(row.getString(0), row.getLong(1));
        }
        return byReason;
    }

    private static SortedMap<String, SortedSet<String>> classes(Source source, Dataset<Row> all) {
        SortedMap<String, SortedSet<String>> bySplit = new TreeMap<>();
        if (!source.hasClasses()) {
            return bySplit;
        }

        Column each = explode(source.kind().classes());
        for (Row row : all.where(usable()).select(col("split"), each).distinct().collectAsList()) {
            bySplit.computeIfAbsent(row.getString(0), split -> new TreeSet<>()).add(row.getString(1));
        }
        return bySplit;
    }

    private static List<String> first(Dataset<Row> problems) {
        List<Row> rows = problems.orderBy("file", "line", "problem")
                .select("file", "line", "problem")
                .limit(REPORTED)
                .collectAsList();
        List<String> lines = new ArrayList<>();
        for (Row row : rows) {
            String line = row.getLong(1) > 0 ? ":" + row.getLong(1) : "";
            lines.add(row.getString(0) + line + ": " + row.getString(2));
        }
        return lines;
    }

    private void check(Source source, Counts counts) {
        if (counts.badShare() > maxBadShare) {
            throw new InvalidInputException(String.format(
                    Locale.ROOT,
                    "%s: %d of %d records are malformed (%.2f %%, max-bad-share allows %.2f %%), the first is %s; "
                            + "correct the data or raise max-bad-share",
                    source.name(),
                    counts.malformed(),
                    counts.rows() + counts.malformed(),
                    100 * counts.badShare(),
                    100 * maxBadShare,
                    counts.firstProblems().get(0)));
        }

        for (String split : source.splits()) {
            if (counts.rows(split) == 0) {
                throw new InvalidInputException(
                        "%s: there are no usable %s rows; check what the path names".formatted(source.name(), split));
            }
        }
    }

    private static void report(Source source, Counts counts) {
        LOG.info(
                "prepared {}: train={} test={} labels={} malformed={}",
                source.name(),
                counts.rows("train"),
                counts.rows("test"),
                counts.classes().size(),
                counts.malformed());
        counts.skipped().forEach((reason, records) -> LOG.info("{}: skipped {}: {}", source.name(), records, reason));
        counts.firstProblems().forEach(problem -> LOG.warn("left out: {}", problem));
        source.published().ifPresent(published -> published
                .differences(counts)
                .forEach(difference -> LOG.warn("{}: {}", source.name(), difference)));

        SortedSet<String> untrained = new TreeSet<>(counts.classes("test"));
        untrained.removeAll(counts.classes("train"));
        if (!untrained.isEmpty()) {
            LOG.warn("{}: test labels {} do not occur in train and cannot be learnt", source.name(), untrained);
        }
    }

    private static RuntimeException asUserError(Source source, Exception failure) {
        if (failure instanceof InvalidInputException bad) {
            return bad;
        }

        Optional<String> unreadable = ReadFailure.of(failure);
        if (unreadable.isPresent()) {
            return new InvalidInputException(
                    "%s: a file cannot be read (%s); it may be cut off or damaged: fetch it again"
                            .formatted(source.name(), unreadable.get()),
                    failure);
        }
        return new IllegalStateException(
                "preparing %s failed: %s".formatted(source.name(), OneLine.of(failure)), failure);
    }

    private static Column is(RawRow.Severity severity) {
        return col("severity").equalTo(severity.name());
    }

    private static Column usable() {
        return col("problem").isNull();
    }
}

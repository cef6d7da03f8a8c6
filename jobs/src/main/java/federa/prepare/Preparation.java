package federa.prepare;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import federa.random.HeldOut;
import federa.spi.InvalidInputException;
import java.util.List;
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
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
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
    private static final String TEST = "test";

    public Preparation {
        Problems.requireShare(maxBadShare);
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

    /** As {@link #run(Source)}; of a source without a test split some train rows become one. */
    public Prepared run(Source source, HeldOut heldOut) {
        if (source.splits().contains(TEST) || heldOut.share() == 0) {
            return run(source);
        }
        UserDefinedFunction isHeldOut = udf((String text) -> text != null && heldOut.has(text), DataTypes.BooleanType);
        Column split = when(usable(), when(isHeldOut.apply(col("text")), TEST).otherwise(col("split")))
                .otherwise(col("split"));
        Prepared prepared = run(source, () -> source.read(spark).withColumn("split", split));
        if (prepared.counts().rows(TEST) == 0) {
            prepared.close();
            throw new InvalidInputException(
                    "%s: data.test-share %s of %d train rows makes no test row; raise it, try another data.test-seed, or name test data"
                            .formatted(
                                    source.name(),
                                    heldOut.share(),
                                    prepared.counts().rows("train")));
        }
        LOG.info(
                "{}: no test data was named, so {} of {} rows became the test split (data.test-share {}, data.test-seed {})",
                source.name(),
                prepared.counts().rows(TEST),
                prepared.counts().rows(),
                heldOut.share(),
                heldOut.seed());
        return prepared;
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
            reportRepeated(source, counts, all);
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
                        "severity", when(reused, Severity.RECORD.name()).otherwise(col("severity"))))
                .drop("copy", "hashed");
    }

    private static Counts count(Source source, Dataset<Row> all) {
        // The label of what is left out is null, its reason matters only where it is counted by reason.
        Column reason = when(Problems.is(Severity.SKIPPED), col("problem"));
        List<Row> groups = all.groupBy(col("severity"), col("split"), col("label"), reason)
                .count()
                .collectAsList();
        SortedMap<String, SortedMap<String, Long>> byLabel = new TreeMap<>();
        SortedMap<String, Long> skipped = new TreeMap<>();
        long malformed = 0;
        for (Row group : groups) {
            long records = group.getLong(4);
            switch (Severity.valueOf(group.getString(0))) {
                case NONE -> byLabel.computeIfAbsent(group.getString(1), split -> new TreeMap<>())
                        .put(group.getString(2), records);
                case SKIPPED -> skipped.merge(group.getString(3), records, Long::sum);
                case RECORD -> malformed += records;
                case FILE -> throw new InvalidInputException(
                        Problems.first(all.where(Problems.is(Severity.FILE))).get(0));
            }
        }
        List<String> first = malformed == 0 ? List.of() : Problems.first(all.where(Problems.is(Severity.RECORD)));
        return new Counts(byLabel, classes(source, all, byLabel), malformed, skipped, first);
    }

    private static SortedMap<String, SortedSet<String>> classes(
            Source source, Dataset<Row> all, SortedMap<String, SortedMap<String, Long>> byLabel) {
        SortedMap<String, SortedSet<String>> bySplit = new TreeMap<>();
        if (!source.hasClasses() || source.kind() == Kind.QUESTIONS) {
            return bySplit;
        }

        if (source.kind() == Kind.TEXTS) {
            byLabel.forEach((split, labels) -> bySplit.put(split, new TreeSet<>(labels.keySet())));
            return bySplit;
        }

        Column each = explode(source.kind().classes());
        for (Row row : all.where(usable()).select(col("split"), each).distinct().collectAsList()) {
            bySplit.computeIfAbsent(row.getString(0), split -> new TreeSet<>()).add(row.getString(1));
        }
        return bySplit;
    }

    private void check(Source source, Counts counts) {
        Problems.requireFew(source.name(), counts.rows(), counts.malformed(), counts.firstProblems(), maxBadShare);
        for (String split : source.splits()) {
            if (counts.rows(split) == 0) {
                throw none(source, split, counts);
            }
        }
    }

    /** What to tell of a split without rows. */
    private static InvalidInputException none(Source source, String split, Counts counts) {
        if (counts.rows(TEST) > 0 && !source.splits().contains(TEST)) {
            return new InvalidInputException(
                    "%s: data.test-share makes all of the %d usable rows test rows; lower it, try another data.test-seed, or name test data"
                            .formatted(source.name(), counts.rows(TEST)));
        }
        StringBuilder why = new StringBuilder();
        counts.skipped().forEach((reason, records) -> why.append("; ")
                .append(records)
                .append(" were skipped: ")
                .append(reason));
        if (counts.malformed() > 0) {
            why.append("; ")
                    .append(counts.malformed())
                    .append(" records are malformed, the first is ")
                    .append(counts.firstProblems().get(0));
        }
        return new InvalidInputException(
                "%s: there are no usable %s rows; check what the path names%s".formatted(source.name(), split, why));
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

        Hints.of(source, counts).forEach(hint -> LOG.warn("{}: {}", source.name(), hint));
    }

    private static void reportRepeated(Source source, Counts counts, Dataset<Row> all) {
        if (counts.rows("test") > 0) {
            long repeated = Hints.repeated(all.where(usable()));
            if (repeated > 0) {
                LOG.warn(
                        "{}: {} of {} test rows are train rows as well, word for word; a metric on them tells little",
                        source.name(),
                        repeated,
                        counts.rows("test"));
            }
        }
    }

    private static RuntimeException asUserError(Source source, Exception failure) {
        if (failure instanceof IllegalArgumentException bad) {
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

    private static Column usable() {
        return col("problem").isNull();
    }
}

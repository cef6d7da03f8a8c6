package federa.job;

import federa.config.Experiment;
import federa.pipeline.Datasets;
import federa.prepare.Printable;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Makes a data set's raw files into one Delta table. */
@Command(
        name = "prepare",
        mixinStandardHelpOptions = true,
        resourceBundle = ChoiceNames.BUNDLE,
        description = {
            "Reads an experiment's raw data set into a Delta table of id, split, text, label, key,",
            "and of tags for entities, or of question, answers, starts for questions."
        },
        footer = {
            "",
            "Formats of data.source: ${bundle:formats}.",
            "The format columns reads CSV, TSV, JSONL and Parquet with named columns, corpus reads texts without labels;"
                    + " conf/README.md tells what each needs.",
            "Example: federa prepare --conf conf/experiments/quickstart.yaml"
        })
public final class PrepareJob implements Callable<Integer> {

    @Mixin
    private Options.Conf conf;

    @Mixin
    private Options.Store store;

    public static void main(String[] args) {
        Launch.main(new PrepareJob(), args);
    }

    @Override
    public Integer call() {
        Experiment.Data data = conf.read(store).bind().data();
        return store.with("prepare " + data.name(), 1, workspace -> {
            Datasets.Stored stored = new Datasets(workspace).prepare(data);
            for (Row count :
                    stored.rows().groupBy("split").count().orderBy("split").collectAsList()) {
                System.out.printf("%s  %s  %,d rows%n", stored.name(), count.getString(0), count.getLong(1));
            }
            if (!stored.labels().isEmpty()) {
                System.out.printf(
                        "%s  %d labels: %s%n", stored.name(), stored.labels().size(), Printable.of(stored.labels()));
            }
            return 0;
        });
    }
}

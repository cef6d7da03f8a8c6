package federa.job;

import federa.config.Draft;
import federa.config.Experiment;
import federa.config.ExperimentFile;
import federa.prepare.ColumnRoles;
import federa.prepare.Columns;
import federa.prepare.Conll;
import federa.prepare.Preparation;
import federa.prepare.Prepared;
import federa.prepare.RawFiles;
import federa.prepare.Source;
import federa.prepare.SquadForm;
import federa.prepare.Survey;
import federa.prepare.TagScheme;
import federa.random.HeldOut;
import federa.spi.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;

/** Somebody's own data as the init job sees it: what it is, what is in it, and the experiment file that it makes. */
final class OwnData {

    /** In place of the test path or the client column: there is none. */
    static final String NONE = "none";

    /** What a draft does not mention has these values. */
    private static final Experiment DEFAULTS = ExperimentFile.parse(
                    "the draft",
                    """
                    name: any
                    model: {source: any}
                    task: {kind: classification}
                    data: {source: {format: columns, train: any, text: text, label: label}}
                    """,
                    variable -> null)
            .bind();

    private static final HeldOut HELD_OUT =
            new HeldOut(DEFAULTS.data().testShare(), DEFAULTS.data().testSeed());

    /** Lengths in tokens to choose from; the longest is what the smallest embedded model reads. */
    private static final List<Integer> LENGTHS = List.of(32, 64, 128);

    /** A client of fewer rows learns little, so few rows make few clients. */
    private static final int ROWS_PER_CLIENT = 20;

    private static final int SHOWN = 10;
    private static final double VALIDATION = 0.1;

    private final String task;
    private final Source source;
    private final Map<String, Object> sourceKeys;
    private final List<String> reasons;
    private final Survey survey;

    private OwnData(String task, Source source, Map<String, Object> sourceKeys, List<String> reasons, Survey survey) {
        this.task = task;
        this.source = source;
        this.sourceKeys = sourceKeys;
        this.reasons = reasons;
        this.survey = survey;
    }

    /**
     * Looks at a table.
     *
     * @param client nothing for a proposal, {@link #NONE} for no client column
     */
    static OwnData table(
            SparkSession spark,
            String train,
            String test,
            Optional<String> text,
            Optional<String> label,
            Optional<String> client) {
        boolean none = client.filter(NONE::equals).isPresent();
        ColumnRoles roles = ColumnRoles.of(spark, train, text, label, none ? Optional.empty() : client, !none);
        Columns source = new Columns(
                train, test, roles.text(), roles.label(), NONE, roles.client().orElse(NONE));
        Map<String, Object> keys = keys("columns", train, test);
        keys.put("text", roles.text());
        keys.put("label", roles.label());
        roles.client().ifPresent(column -> keys.put("key", column));
        return new OwnData("classification", source, keys, roles.reasons(), survey(spark, source));
    }

    /** Looks at sentences with a tag for each word, or at questions. */
    static OwnData other(SparkSession spark, RawFiles kind, String train, String test) {
        if (kind == RawFiles.QUESTIONS) {
            SquadForm source = new SquadForm(train, test);
            return new OwnData("qa", source, keys("squad-form", train, test), List.of(), survey(spark, source));
        }
        TagScheme scheme = RawFiles.scheme(spark, train);
        Conll source = new Conll(train, test, 0, -1, scheme);
        Map<String, Object> keys = keys("conll", train, test);
        List<String> reasons = List.of();
        if (scheme == TagScheme.IOB1) {
            keys.put("scheme", "iob1");
            reasons = List.of("the tags are IOB1: entities may begin with I-");
        }
        return new OwnData("ner", source, keys, reasons, survey(spark, source));
    }

    private static Map<String, Object> keys(String format, String train, String test) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("format", format);
        keys.put("train", train);
        if (!test.equals(NONE)) {
            keys.put("test", test);
        }
        return keys;
    }

    private static Survey survey(SparkSession spark, Source source) {
        try (Prepared prepared = new Preparation(spark, 1).run(source, HELD_OUT)) {
            return Survey.of(prepared);
        }
    }

    /**
     * The experiment file.
     *
     * @param file where it will be, for its comments
     * @throws InvalidInputException if there is nothing to learn
     */
    Draft draft(String name, String file) {
        if (task.equals("classification") && survey.labels().size() < 2) {
            throw new InvalidInputException(
                    "the column '%s' has only the value %s in the train rows, so there is nothing to tell apart; name another with --label"
                            .formatted(sourceKeys.get("label"), survey.labels().keySet()));
        }
        Draft draft = new Draft();
        draft.comment(0, "Written by federa init. All that is not here has its default, and may be added:")
                .comment(0, "./federa config --conf %s --explain".formatted(file))
                .value(0, "name", name)
                .gap()
                .kind(0, "task", task)
                .gap()
                .part(0, "data")
                .part(1, "source");
        sourceKeys.forEach((key, value) -> draft.value(2, key, value));
        if (!hasTest()) {
            draft.comment(
                    2,
                    "no test: %,d of the %,d rows are the test split; see data.test-share"
                            .formatted(
                                    survey.counts().rows("test"),
                                    survey.counts().rows()));
        }
        draft.value(
                1, "max-tokens", maxTokens(), "95 of 100 texts have at most about %d".formatted(survey.mostTokens()));
        if (survey.counts().malformed() > 0) {
            draft.value(1, "max-bad-share", Math.ceil(survey.counts().badShare() * 100) / 100, unusable());
        }
        return divided(draft.gap())
                .gap()
                .comment(0, "a part of each client's rows on which it does not train: they choose the best round")
                .part(0, "evaluation")
                .value(1, "validation", VALIDATION);
    }

    private Draft divided(Draft draft) {
        Survey.Clients clients = survey.clients();
        if (sourceKeys.containsKey("key")) {
            draft.comment(0, "one client for each value of '%s'".formatted(sourceKeys.get("key")))
                    .kind(0, "partition", "natural-key");
            if (clients.number() < DEFAULTS.federation().clientsPerRound()) {
                draft.part(0, "federation").value(1, "clients-per-round", (int) clients.number());
            }
            return draft;
        }
        draft.comment(
                0,
                "the rows are divided, each client with a mixture of labels of its own; small alphas make them differ more");
        return draft.part(0, "partition").value(1, "clients", dividedClients()).value(1, "alpha", 1.0);
    }

    private int dividedClients() {
        return (int) Math.max(
                1,
                Math.min(
                        DEFAULTS.partition().clientsAsked().orElseThrow(),
                        survey.counts().rows("train") / ROWS_PER_CLIENT));
    }

    private int maxTokens() {
        return LENGTHS.stream()
                .filter(length -> length >= survey.mostTokens() || length.equals(LENGTHS.get(LENGTHS.size() - 1)))
                .findFirst()
                .orElseThrow();
    }

    private boolean hasTest() {
        return source.splits().contains("test");
    }

    /** What was seen, a sentence a line. */
    List<String> said() {
        List<String> lines = new ArrayList<>(reasons);
        long train = survey.counts().rows("train");
        long test = survey.counts().rows("test");
        lines.add("%,d rows to train on, %,d to test on%s"
                .formatted(
                        train,
                        test,
                        hasTest()
                                ? ""
                                : ": no --test was given, so a share of %.1f of the rows is the test split, chosen by a seed"
                                        .formatted(HELD_OUT.share())));
        lines.add("a text has %,d words in the median; 95 of 100 have at most %,d"
                .formatted(survey.medianWords(), survey.mostWords()));
        labels(lines);
        Survey.Clients clients = survey.clients();
        lines.add(
                sourceKeys.containsKey("key")
                        ? "%,d clients, one for each value of '%s', with %,d to %,d rows"
                                .formatted(clients.number(), sourceKeys.get("key"), clients.fewest(), clients.most())
                        : "no column says whose row it is, so %d clients will share the rows"
                                .formatted(dividedClients()));
        if (survey.counts().malformed() > 0) {
            lines.add("%s; the first is %s"
                    .formatted(unusable(), survey.counts().firstProblems().get(0)));
        }
        survey.counts().skipped().forEach((reason, rows) -> lines.add("%,d are skipped: %s".formatted(rows, reason)));
        if (survey.repeated() > 0) {
            lines.add("%,d of the train rows repeat the text of another".formatted(survey.repeated()));
        }
        if (survey.shared() > 0) {
            lines.add(
                    "%,d of the test rows repeat the text of a train row, which makes results look better than they are"
                            .formatted(survey.shared()));
        }
        return lines;
    }

    private String unusable() {
        long malformed = survey.counts().malformed();
        return "%,d of %,d rows cannot be used and are left out"
                .formatted(malformed, survey.counts().rows() + malformed);
    }

    private void labels(List<String> lines) {
        if (task.equals("ner")) {
            lines.add("entities of the types %s"
                    .formatted(String.join(", ", survey.counts().classes("train"))));
        } else if (task.equals("classification")) {
            String shown = survey.labels().entrySet().stream()
                    .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                    .limit(SHOWN)
                    .map(label -> "%s (%,d)".formatted(label.getKey(), label.getValue()))
                    .collect(Collectors.joining(", "));
            int more = survey.labels().size() - SHOWN;
            lines.add("%,d labels: %s%s"
                    .formatted(survey.labels().size(), shown, more > 0 ? " and %,d more".formatted(more) : ""));
            if (!survey.untrained().isEmpty()) {
                lines.add(
                        "the test labels %s do not occur in train and cannot be learnt".formatted(survey.untrained()));
            }
        }
    }

    /** A text as the shell takes it whole. */
    static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./:=-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    /** The command that predicts with the trained run. */
    String score(String run) {
        String type = String.valueOf(sourceKeys.get("train")).toLowerCase(Locale.ROOT);
        String format = type.contains(".csv") ? " --format csv" : type.contains(".json") ? " --format json" : "";
        Object column = sourceKeys.getOrDefault("text", "text");
        return "./federa score --run-id %s --input NEW%s --text-column %s --output scored"
                .formatted(run, format, quoted(column.toString()));
    }
}

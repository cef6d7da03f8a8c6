package federa.sql;

import federa.pipeline.Reading;
import federa.pipeline.Scoring;
import federa.pipeline.Workspace;
import federa.spi.InvalidInputException;
import federa.store.Round;
import federa.task.EntityRecognition;
import federa.udf.EmbedTexts;
import federa.udf.PredictionColumns;
import federa.udf.TokenizeTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/** What a model can be asked in SQL. The first argument names the run, or the base model, and is a constant. */
enum SqlFunction {
    CLASSIFY("federa_classify", "run, text", "prediction", DataTypes.StringType, "the label of the text") {
        @Override
        Model open(Workspace workspace, String name) {
            return scoring(workspace, name, "classification", "text");
        }
    },

    ENTITIES("federa_entities", "run, text", "entities", entities(), "the entities in the text, with their places") {
        @Override
        Model open(Workspace workspace, String name) {
            return scoring(workspace, name, "ner", "text");
        }
    },

    ANSWER(
            "federa_answer",
            "run, question, context",
            "prediction",
            DataTypes.StringType,
            "the part of the context that answers the question best") {
        @Override
        Model open(Workspace workspace, String name) {
            return scoring(workspace, name, "qa", "question", "text");
        }
    },

    TOKENIZE(
            "federa_tokenize",
            "run or model, text",
            TokenizeTexts.TOKENS,
            DataTypes.createArrayType(DataTypes.IntegerType, false),
            "the tokens of the text as the base model reads them, special ones included") {
        @Override
        Model open(Workspace workspace, String name) {
            Reading reading = Reading.of(workspace, name);
            return (rows, inputs) -> reading.tokenize(rows, inputs.get(0));
        }
    },

    EMBED(
            "federa_embed",
            "run or model, text",
            EmbedTexts.EMBEDDING,
            DataTypes.createArrayType(DataTypes.FloatType, false),
            "the base model's last hidden states, averaged over the text's tokens") {
        @Override
        Model open(Workspace workspace, String name) {
            Reading reading = Reading.of(workspace, name);
            return (rows, inputs) -> reading.embed(rows, inputs.get(0));
        }
    };

    /** Adds to rows what a model says of the columns of strings that are named, in the order of the arguments. */
    interface Model {

        Dataset<Row> apply(Dataset<Row> rows, List<String> inputs);
    }

    /** Between a run and its round, in the first argument: {@code reviews@best}. */
    private static final char ROUND = '@';

    private final String sqlName;
    private final String arguments;
    private final String column;
    private final DataType type;
    private final String gives;

    SqlFunction(String sqlName, String arguments, String column, DataType type, String gives) {
        this.sqlName = sqlName;
        this.arguments = arguments;
        this.column = column;
        this.type = type;
        this.gives = gives;
    }

    String sqlName() {
        return sqlName;
    }

    /** The column that the model adds, and that is the function's value. */
    String column() {
        return column;
    }

    DataType type() {
        return type;
    }

    String usage() {
        return "_FUNC_(%s) - Returns %s; null if an argument is null.".formatted(arguments, gives);
    }

    /**
     * Opens the run or model.
     *
     * @throws InvalidInputException if there is none, or it was trained for something else
     */
    abstract Model open(Workspace workspace, String name);

    /** A call with these arguments, which are resolved; a wrong one is an AnalysisException. */
    Expression call(Seq<Expression> given) {
        List<Expression> all = JavaConverters.seqAsJavaList(given);
        int expected = arguments.split(",").length;
        if (all.size() != expected) {
            throw Refusal.of(
                    "%s takes %d arguments (%s), got %d".formatted(sqlName, expected, arguments, all.size()), null);
        }
        Expression first = all.get(0);
        Object name = first.foldable() ? first.eval(null) : null;
        if (name == null || !first.dataType().equals(DataTypes.StringType)) {
            throw Refusal.of(
                    "%s: the first argument names a run and must be a constant string, got %s"
                            .formatted(sqlName, first.sql()),
                    null);
        }
        SparkSession spark = SparkSession.active();
        try {
            Workspace workspace = Workspace.existing(spark, Workspace.WAREHOUSE, Workspace.warehouse(spark));
            return new ModelCall(this, name.toString(), open(workspace, name.toString()), inputs(all));
        } catch (InvalidInputException e) {
            throw Refusal.of("%s: %s".formatted(sqlName, e.getMessage()), e);
        }
    }

    private List<Expression> inputs(List<Expression> all) {
        List<Expression> inputs = new ArrayList<>();
        for (Expression input : all.subList(1, all.size())) {
            boolean isNull = input.dataType().equals(DataTypes.NullType);
            if (!isNull && !input.dataType().equals(DataTypes.StringType)) {
                throw new InvalidInputException("%s is %s, not a string"
                        .formatted(input.sql(), input.dataType().simpleString()));
            }
            inputs.add(isNull ? new Literal(null, DataTypes.StringType) : input);
        }
        return inputs;
    }

    private static Model scoring(Workspace workspace, String run, String task, String... columns) {
        int at = run.indexOf(ROUND);
        Scoring scoring = new Scoring(workspace, at < 0 ? run : run.substring(0, at));
        scoring.requireTask(task);
        Round.Summary round =
                scoring.choose("the round after @", at < 0 ? Optional.empty() : Optional.of(run.substring(at + 1)));
        return (rows, inputs) -> {
            Map<String, String> names = new TreeMap<>();
            for (int i = 0; i < columns.length; i++) {
                names.put(columns[i], inputs.get(i));
            }
            return scoring.score(round, rows, names);
        };
    }

    private static DataType entities() {
        return PredictionColumns.of(EntityRecognition.PREDICTIONS)
                .fields()
                .get(1)
                .dataType();
    }
}

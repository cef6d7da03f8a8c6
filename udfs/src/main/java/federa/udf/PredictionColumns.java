package federa.udf;

import federa.task.EntityRecognition;
import federa.task.MaskedLanguageModel;
import federa.task.Prediction;
import federa.task.QuestionAnswering;
import federa.task.Task;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns that hold the predictions of a task. Places in a text are UTF-16 indices, the end exclusive. */
public enum PredictionColumns {
    /** {@code prediction}, the label, and {@code probability}, one for each label in index order. */
    LABEL(
            field("prediction", DataTypes.StringType),
            field("probability", DataTypes.createArrayType(DataTypes.DoubleType, false))) {
        @Override
        Object[] values(Prediction prediction) {
            Prediction.Label label = (Prediction.Label) prediction;
            Double[] probabilities = new Double[label.probabilities().length];
            for (int i = 0; i < probabilities.length; i++) {
                probabilities[i] = (double) label.probabilities()[i];
            }
            return new Object[] {label.label(), probabilities};
        }
    },

    /** {@code prediction}, a tag for each word, and {@code entities}, what the tags say. */
    ENTITIES(
            field("prediction", DataTypes.createArrayType(DataTypes.StringType, false)),
            field(
                    "entities",
                    DataTypes.createArrayType(
                            new StructType()
                                    .add("type", DataTypes.StringType, false)
                                    .add("text", DataTypes.StringType, false)
                                    .add("start", DataTypes.IntegerType, false)
                                    .add("end", DataTypes.IntegerType, false),
                            false))) {
        @Override
        Object[] values(Prediction prediction) {
            Prediction.Entities found = (Prediction.Entities) prediction;
            Row[] mentions = found.entities().stream()
                    .map(m -> RowFactory.create(m.type(), m.text(), m.start(), m.end()))
                    .toArray(Row[]::new);
            return new Object[] {found.tags().toArray(String[]::new), mentions};
        }
    },

    /** {@code prediction} and {@code probability} of the best answer, and {@code predicted_answers}, the best ones with places. */
    ANSWERS(
            field("prediction", DataTypes.StringType),
            field("probability", DataTypes.DoubleType),
            field(
                    "predicted_answers",
                    DataTypes.createArrayType(
                            new StructType()
                                    .add("text", DataTypes.StringType, false)
                                    .add("probability", DataTypes.DoubleType, false)
                                    .add("start", DataTypes.IntegerType, false)
                                    .add("end", DataTypes.IntegerType, false),
                            false))) {
        @Override
        Object[] values(Prediction prediction) {
            List<Prediction.Answer> answers = ((Prediction.Answers) prediction).answers();
            Row[] rows = answers.stream()
                    .map(a -> RowFactory.create(a.text(), a.probability(), a.start(), a.end()))
                    .toArray(Row[]::new);
            return new Object[] {answers.get(0).text(), answers.get(0).probability(), rows};
        }
    },

    /** {@code loss}, the sum over the {@code tokens} that were hidden, and how many were guessed: {@code correct}. */
    GUESSES(
            field("loss", DataTypes.DoubleType),
            field("correct", DataTypes.IntegerType),
            field("tokens", DataTypes.IntegerType)) {
        @Override
        Object[] values(Prediction prediction) {
            Prediction.Guesses guesses = (Prediction.Guesses) prediction;
            return new Object[] {guesses.loss(), guesses.correct(), guesses.tokens()};
        }
    };

    private final List<StructField> fields;

    PredictionColumns(StructField... fields) {
        this.fields = List.of(fields);
    }

    /** The columns of a task's predictions. */
    public static PredictionColumns of(Task task) {
        if (task instanceof EntityRecognition) {
            return ENTITIES;
        }
        if (task instanceof QuestionAnswering) {
            return ANSWERS;
        }
        return task instanceof MaskedLanguageModel ? GUESSES : LABEL;
    }

    /** The columns, nullable. */
    public List<StructField> fields() {
        return fields;
    }

    abstract Object[] values(Prediction prediction);

    private static StructField field(String name, DataType type) {
        return DataTypes.createStructField(name, type, true);
    }
}

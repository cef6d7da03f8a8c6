package federa.ml;

import federa.task.QuestionAnswering;
import federa.udf.PredictionColumns;
import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of question answering. */
public interface QuestionAnswererParams<E> extends HasPredictionCol<E>, HasProbabilityCol<E> {

    /** The column with the text that holds the answer. */
    default Param<String> contextCol() {
        return text("contextCol");
    }

    default E setContextCol(String value) {
        return with(contextCol(), value);
    }

    /** The column with the question. */
    default Param<String> questionCol() {
        return text("questionCol");
    }

    default E setQuestionCol(String value) {
        return with(questionCol(), value);
    }

    /** The column that gets the best answers with their places in the context. */
    default Param<String> predictedAnswersCol() {
        return text("predictedAnswersCol");
    }

    default E setPredictedAnswersCol(String value) {
        return with(predictedAnswersCol(), value);
    }

    /** Declares them, with their defaults. */
    static void declare(ParamTable params) {
        params.column("contextCol", "context", "the column with the text that holds the answer");
        params.column("questionCol", "question", "the column with the question");
        params.column("predictionCol", "prediction", "the column that gets the best answer");
        params.column("probabilityCol", "probability", "the column that gets the best answer's probability");
        params.column("predictedAnswersCol", "predicted_answers", "the column that gets the best answers with places");
    }

    /** The schema of rows with predictions, given that of rows without. */
    default StructType predicted(StructType schema) {
        Columns.require(schema, this, contextCol(), DataTypes.StringType);
        Columns.require(schema, this, questionCol(), DataTypes.StringType);
        return Columns.add(
                schema,
                this,
                PredictionColumns.of(QuestionAnswering.PREDICTIONS),
                Map.of(
                        "prediction", predictionCol(),
                        "probability", probabilityCol(),
                        "predicted_answers", predictedAnswersCol()));
    }
}

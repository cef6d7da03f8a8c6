package federa.ml;

import federa.task.EntityRecognition;
import federa.udf.PredictionColumns;
import java.util.Map;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of token classification. */
public interface TokenClassifierParams<E> extends HasTextCol<E>, HasPredictionCol<E> {

    /** The column that gets the entities with their places in the text. */
    default Param<String> entitiesCol() {
        return text("entitiesCol");
    }

    default E setEntitiesCol(String value) {
        return with(entitiesCol(), value);
    }

    /** Declares them, with their defaults. */
    static void declare(ParamTable params) {
        params.column("textCol", "text", "the column with the words, separated by one space each");
        params.column("predictionCol", "prediction", "the column that gets one tag a word");
        params.column("entitiesCol", "entities", "the column that gets the entities with their places in the text");
    }

    /** The schema of rows with predictions, given that of rows without. */
    default StructType predicted(StructType schema) {
        Columns.require(schema, this, textCol(), DataTypes.StringType);
        return Columns.add(
                schema,
                this,
                PredictionColumns.of(EntityRecognition.PREDICTIONS),
                Map.of("prediction", predictionCol(), "entities", entitiesCol()));
    }
}

package federa.ml;

import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns of text classification. */
public interface TextClassifierParams<E> extends HasTextCol<E>, HasPredictionCol<E>, HasProbabilityCol<E> {

    /** Declares them, with their defaults. */
    static void declare(ParamTable params) {
        params.column("textCol", "text", "the column with the text");
        params.column("predictionCol", "prediction", "the column that gets the label");
        params.column("probabilityCol", "probability", "the column that gets the vector of all labels' probabilities");
    }

    /** The schema of rows with predictions, given that of rows without. */
    default StructType predicted(StructType schema, boolean numbers) {
        Columns.require(schema, this, textCol(), DataTypes.StringType);
        StructType labelled =
                Columns.add(schema, this, predictionCol(), numbers ? DataTypes.DoubleType : DataTypes.StringType);
        return Columns.add(labelled, this, probabilityCol(), SQLDataTypes.VectorType());
    }
}

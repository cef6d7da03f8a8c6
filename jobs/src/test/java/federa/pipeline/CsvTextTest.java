package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class CsvTextTest {

    @Test
    void aFieldIsQuotedWhereItMustBeAndNullIsEmpty() {
        StructType columns = new StructType()
                .add("a", "string")
                .add("b", "double")
                .add("c", "map<string,string>")
                .add("d", "timestamp");
        List<Row> rows = List.of(
                RowFactory.create("say \"no\", twice", 0.5, Map.of("method", "lora"), Timestamp.from(Instant.EPOCH)),
                RowFactory.create(null, null, Map.of(), null));

        assertThat(CsvText.of(columns, rows))
                .isEqualTo("a,b,c,d\r\n\"say \"\"no\"\", twice\",0.5,method=lora,1970-01-01T00:00:00Z\r\n,,,\r\n");
    }
}

package federa.udf;

import federa.task.Fields;
import java.util.Collection;
import java.util.List;
import org.apache.avro.generic.GenericRecord;

/** A row of a client's file as a task reads it. */
record AvroFields(GenericRecord row) implements Fields {

    @Override
    public String text(String column) {
        Object value = row.get(column);
        return value == null ? null : value.toString();
    }

    @Override
    public List<String> texts(String column) {
        List<?> values = elements(column);
        return values == null ? null : values.stream().map(Object::toString).toList();
    }

    @Override
    public List<Integer> numbers(String column) {
        List<?> values = elements(column);
        return values == null ? null : values.stream().map(Integer.class::cast).toList();
    }

    /** Parquet wraps each element of a list in a record of one field. */
    private List<?> elements(String column) {
        Collection<?> values = (Collection<?>) row.get(column);
        return values == null
                ? null
                : values.stream()
                        .map(value -> value instanceof GenericRecord wrapped ? wrapped.get(0) : value)
                        .toList();
    }
}

package federa.task;

import java.util.List;

/** One row of a data set, by the names of its columns. A value that is null is null. */
public interface Fields {

    /** A column of strings. */
    String text(String column);

    /** A column of lists of strings. */
    List<String> texts(String column);

    /** A column of lists of whole numbers. */
    List<Integer> numbers(String column);
}

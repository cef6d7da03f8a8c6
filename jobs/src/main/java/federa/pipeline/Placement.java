package federa.pipeline;

import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/** Where the tasks of clients run. */
interface Placement {

    /** The clients, each in a partition and so a task of its own. */
    JavaRDD<Integer> place(List<Integer> clients);
}

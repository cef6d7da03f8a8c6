package federa.udf;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/** What a chunk of the cohort comes to, in files that outlive the executors until the next chunk reads them. */
public final class PartialAggregates {

    private static final int BUFFER = 1 << 16;

    private PartialAggregates() {}

    /** Writes what a task has aggregated and gives the file's name. A task that is started again writes another file. */
    public static final class Write implements FlatMapFunction<Iterator<Tuple2<BlockKey, UpdatePart>>, String> {

        private static final long serialVersionUID = 1L;

        private final String directory;
        private final Broadcast<SerializableConfiguration> hadoop;

        public Write(String directory, Broadcast<SerializableConfiguration> hadoop) {
            this.directory = directory;
            this.hadoop = hadoop;
        }

        @Override
        public Iterator<String> call(Iterator<Tuple2<BlockKey, UpdatePart>> parts) throws IOException {
            Path file = new Path(directory, UUID.randomUUID().toString());
            try (ObjectOutputStream out = new ObjectOutputStream(new BufferedOutputStream(
                    file.getFileSystem(hadoop.value().value()).create(file, false), BUFFER))) {
                while (parts.hasNext()) {
                    out.writeBoolean(true);
                    out.writeObject(parts.next());
                    out.reset(); // it would keep all that it has written in memory
                }
                out.writeBoolean(false);
            }
            return List.of(file.toString()).iterator();
        }
    }

    /** Reads a file. */
    public static final class Read implements PairFlatMapFunction<String, BlockKey, UpdatePart> {

        private static final long serialVersionUID = 1L;

        private final Broadcast<SerializableConfiguration> hadoop;

        public Read(Broadcast<SerializableConfiguration> hadoop) {
            this.hadoop = hadoop;
        }

        @Override
        public Iterator<Tuple2<BlockKey, UpdatePart>> call(String name) throws IOException, ClassNotFoundException {
            Path file = new Path(name);
            List<Tuple2<BlockKey, UpdatePart>> parts = new ArrayList<>();
            try (ObjectInputStream in = new ObjectInputStream(new BufferedInputStream(
                    file.getFileSystem(hadoop.value().value()).open(file), BUFFER))) {
                while (in.readBoolean()) {
                    Tuple2<?, ?> part = (Tuple2<?, ?>) in.readObject();
                    parts.add(new Tuple2<>((BlockKey) part._1(), (UpdatePart) part._2()));
                }
            }
            return parts.iterator();
        }
    }
}

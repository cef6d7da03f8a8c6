package federa.udf;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where the examples of a run's clients are, as the process sees it that is to train one of them. */
public sealed interface ClientLocation extends Serializable {

    /** The directory that has a directory for each client. */
    String directory();

    /** Whether this process is one that may train the client. */
    boolean reaches(int client);

    /** What the rest of the cluster may learn of a failure. */
    Throwable told(Throwable failure);

    /** In the warehouse, which all executors reach. */
    record Shared(String directory) implements ClientLocation {

        @Override
        public boolean reaches(int client) {
            return true;
        }

        @Override
        public Throwable told(Throwable failure) {
            return failure;
        }
    }

    /**
     * On the disk of one worker: in {@code DATASET} under the directory that the worker's environment names in
     * {@code FEDERA_CLIENTS}. A worker that names none has no clients, whatever the driver asks for.
     *
     * @param dataset name of the data set that the clients' examples belong to
     */
    record Resident(String dataset) implements ClientLocation {

        /** The variable of the worker's environment. */
        public static final String VARIABLE = "FEDERA_CLIENTS";

        private static final Pattern CLIENT = Pattern.compile("client_id=(\\d{1,9})");

        @Override
        public String directory() {
            return "file://"
                    + root().orElseThrow(() -> new IllegalStateException(VARIABLE + " is not set on this worker"));
        }

        @Override
        public boolean reaches(int client) {
            return clients().contains(client);
        }

        /** A copy without the message, which may quote an example. */
        @Override
        public Throwable told(Throwable failure) {
            IllegalStateException told =
                    new IllegalStateException("%s; what it says stays where the client is, since it may quote examples"
                            .formatted(failure.getClass().getName()));
            told.setStackTrace(failure.getStackTrace());
            return told;
        }

        /** The clients that this process reaches, in order. */
        public List<Integer> clients() {
            return root().filter(Files::isDirectory).map(Resident::clientsIn).orElse(List.of());
        }

        private static List<Integer> clientsIn(Path root) {
            try (Stream<Path> directories = Files.list(root)) {
                return directories
                        .filter(Files::isDirectory)
                        .map(directory -> CLIENT.matcher(directory.getFileName().toString()))
                        .filter(Matcher::matches)
                        .map(name -> Integer.valueOf(name.group(1)))
                        .sorted()
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot list the clients under " + VARIABLE, e);
            }
        }

        private Optional<Path> root() {
            return Optional.ofNullable(System.getenv(VARIABLE)).map(root -> Path.of(root, dataset));
        }
    }
}

package federa.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import federa.peft.Method;
import federa.task.Task;
import federa.train.OptimizerConfig;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChoicesTest {

    private interface Dish {}

    private record Soup() implements Dish {}

    private record Salad(int leaves) implements Dish {}

    @Test
    void theProjectsOwnChoicesAreThereInTheOrderOfTheirProviders() {
        Choices choices = Choices.load();

        assertThat(choices.names(Method.class)).startsWith("full", "bitfit", "houlsby", "pfeiffer", "lora", "federa");
        assertThat(choices.names(Task.class)).startsWith("classification", "ner", "qa", "mlm");
        assertThat(choices.names(OptimizerConfig.class)).startsWith("adamw", "sgd");
        assertThat(choices.names(Dish.class)).isEmpty();
    }

    @Test
    void providersAddUp() {
        Choices choices = new Choices(List.of(
                () -> List.of(new Choice<>(Dish.class, "soup", Soup.class)),
                () -> List.of(new Choice<>(Dish.class, "salad", Salad.class))));

        assertThat(choices.names(Dish.class)).containsExactly("soup", "salad");
        assertThat(choices.categories()).containsExactly(Dish.class);
    }

    @Test
    void aNameThatTwoJarsGiveIsRefusedWithBothTypes() {
        assertThatThrownBy(() -> new Choices(List.of(
                        () -> List.of(new Choice<>(Dish.class, "soup", Soup.class)),
                        () -> List.of(new Choice<>(Dish.class, "soup", Salad.class)))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Dish named 'soup'")
                .hasMessageContaining(Soup.class.getName())
                .hasMessageContaining(Salad.class.getName());
    }

    @Test
    void aChoiceIsARecordWithALowerCaseName() {
        assertThatThrownBy(() -> new Choice<>(Dish.class, "Tomato Soup", Soup.class))
                .hasMessageContaining("'Tomato Soup'");
        assertThatThrownBy(() -> new Choice<>(Dish.class, "any", Dish.class)).hasMessageContaining("must be a record");
    }

    @Test
    void aJarWhoseProviderIsGoneIsRefusedByItsName(@TempDir Path jar) throws IOException {
        Path services = Files.createDirectories(jar.resolve("META-INF/services"));
        Files.writeString(services.resolve("federa.spi.ChoiceProvider"), "example.Gone\n");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(loader);

            assertThatThrownBy(Choices::load)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("example.Gone");
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }
}

package federa.spi;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;

/** The registry: all choices that the jars on the class path provide. */
public final class Choices {

    private final List<Choice<?>> all;

    /**
     * The choices of these providers.
     *
     * @throws InvalidInputException if two of them give a name of a category to different types
     */
    Choices(List<ChoiceProvider> providers) {
        Map<String, Choice<?>> byName = new LinkedHashMap<>();
        for (ChoiceProvider provider : providers) {
            for (Choice<?> choice : provider.choices()) {
                Choice<?> other = byName.putIfAbsent(choice.category().getName() + " " + choice.name(), choice);
                if (other != null && !other.equals(choice)) {
                    throw new InvalidInputException(
                            "two jars on the class path both provide a %s named '%s': %s and %s; rename one of them"
                                    .formatted(
                                            choice.category().getSimpleName(),
                                            choice.name(),
                                            other.type().getName(),
                                            choice.type().getName()));
                }
            }
        }
        all = List.copyOf(byName.values());
    }

    /**
     * What the class path has: the project's own choices, and those of the jars that were added with {@code --jars}.
     *
     * @throws InvalidInputException if a jar names a provider that cannot be used, or two jars give one name
     */
    public static Choices load() {
        // Spark loads added jars with the context's class loader; a thread of another library may have one that lacks
        // ours.
        Set<ClassLoader> loaders = new LinkedHashSet<>();
        loaders.add(Choices.class.getClassLoader());
        loaders.add(Thread.currentThread().getContextClassLoader());
        Map<Class<?>, ChoiceProvider> providers = new LinkedHashMap<>();
        try {
            for (ClassLoader loader : loaders) {
                ServiceLoader.load(ChoiceProvider.class, loader).stream()
                        .forEach(provider -> providers.computeIfAbsent(provider.type(), type -> provider.get()));
            }
        } catch (ServiceConfigurationError e) {
            throw new InvalidInputException(
                    "a jar on the class path provides choices that cannot be loaded (%s); rebuild it against this version, or remove it"
                            .formatted(e.getMessage()),
                    e);
        }
        return new Choices(new ArrayList<>(providers.values()));
    }

    /** All choices, those of one category in the order of their providers. */
    public List<Choice<?>> all() {
        return all;
    }

    /** What there is to choose for: the categories that have a choice. */
    public Set<Class<?>> categories() {
        Set<Class<?>> categories = new LinkedHashSet<>();
        all.forEach(choice -> categories.add(choice.category()));
        return Collections.unmodifiableSet(categories);
    }

    /** The choices of a category; none if nobody provides one. */
    public List<Choice<?>> of(Class<?> category) {
        return all.stream().filter(choice -> choice.category() == category).toList();
    }

    /** The names of a category's choices, in the order of {@link #of}. */
    public List<String> names(Class<?> category) {
        return of(category).stream().map(Choice::name).toList();
    }
}

package federa.prepare;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes short English texts about ten topics from the themes, topics and sentences in {@code topics.txt}.
 *
 * <p>A text has one to three sentences. Each sentence has a theme drawn from the topic's mix, and most of its words; the other
 * words come from the mix directly. Themes are shared between topics, so a text is recognised by the company that words keep.
 */
final class TopicTexts {

    private static final String RESOURCE = "topics.txt";
    private static final Pattern SLOT = Pattern.compile("\\{([nva])}");
    private static final double OF_THE_SENTENCE_THEME = 0.35;
    private static final int MAX_SENTENCES = 3;
    private static final int MIN_WORDS = 12;

    /** A generated text and what it is about. */
    record Text(String text, String topic) {}

    /** Words that belong together, by slot: n, v, a. */
    private record Theme(Map<String, List<String>> words) {}

    /** The themes of a topic, each as often as its weight says. */
    private record Topic(String name, List<Theme> mix) {}

    private final List<Topic> topics;
    private final List<String> sentences;

    private TopicTexts(List<Topic> topics, List<String> sentences) {
        this.topics = topics;
        this.sentences = sentences;
    }

    static TopicTexts load() {
        try (InputStream bytes = TopicTexts.class.getResourceAsStream(RESOURCE)) {
            return parse(new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))
                    .lines()
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text at one place of a split; it depends on nothing but the arguments. Topics take turns. */
    Text write(long seed, String split, int index) {
        Topic topic = topics.get(index % topics.size());
        // Random, since its numbers are part of its specification: the same on every Java.
        Random random = new Random(mix(mix(seed + split.hashCode()) + index));
        int wanted = 1 + random.nextInt(MAX_SENTENCES);
        List<String> written = new ArrayList<>();
        while (written.size() < wanted || words(written) < MIN_WORDS) {
            written.add(sentence(topic, random));
        }
        return new Text(String.join(" ", written), topic.name());
    }

    private String sentence(Topic topic, Random random) {
        Theme main = pick(topic.mix(), random);
        List<String> used = new ArrayList<>();
        return SLOT.matcher(pick(sentences, random)).replaceAll(slot -> {
            String word;
            do {
                Theme theme = random.nextDouble() < OF_THE_SENTENCE_THEME ? main : pick(topic.mix(), random);
                word = pick(theme.words().get(slot.group(1)), random);
            } while (used.contains(word));
            used.add(word);
            return Matcher.quoteReplacement(word);
        });
    }

    private static <T> T pick(List<T> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }

    private static int words(List<String> sentences) {
        return sentences.stream()
                .mapToInt(sentence -> sentence.split(" ").length)
                .sum();
    }

    private static TopicTexts parse(List<String> lines) {
        Map<String, Theme> themes = new LinkedHashMap<>();
        Theme theme = null;
        List<Topic> topics = new ArrayList<>();
        List<String> sentences = new ArrayList<>();
        for (String line : lines) {
            String key = line.split(" ", 2)[0];
            List<String> values =
                    Arrays.asList(line.substring(key.length()).strip().split("\\s+"));
            switch (key) {
                case "theme" -> {
                    theme = new Theme(new LinkedHashMap<>());
                    themes.put(values.get(0), theme);
                }
                case "nouns", "verbs", "adjectives" -> theme.words().put(key.substring(0, 1), values);
                case "topic" -> topics.add(topic(values, themes));
                case "sentence" -> sentences.add(String.join(" ", values));
                default -> {
                    // A comment or a blank line.
                }
            }
        }
        return new TopicTexts(topics, sentences);
    }

    private static Topic topic(List<String> values, Map<String, Theme> themes) {
        List<Theme> mix = new ArrayList<>();
        for (int i = 1; i < values.size(); i += 2) {
            Theme theme = themes.get(values.get(i));
            for (int weight = Integer.parseInt(values.get(i + 1)); weight > 0; weight--) {
                mix.add(theme);
            }
        }
        return new Topic(values.get(0), mix);
    }

    /** The finaliser of SplitMix64: neighbouring numbers start unrelated sequences. */
    private static long mix(long value) {
        long mixed = value + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}

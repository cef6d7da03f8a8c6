package federa.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import federa.compare.Profiles;
import federa.spi.InvalidInputException;

/** The YAML of {@link Profiles}, bound strictly. */
public final class ProfilesFile {

    private static final YAMLMapper YAML = Binding.mapper();

    private ProfilesFile() {}

    /**
     * Parses a file's text.
     *
     * @param file its name, for messages
     * @throws InvalidInputException with the path of the key, in one line
     */
    public static Profiles parse(String file, String text) {
        JsonNode tree = ExperimentFile.tree(file, text);
        try {
            return YAML.treeToValue(tree, Profiles.class);
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + ": " + Mistake.explain(YAML, tree, e), e);
        }
    }
}

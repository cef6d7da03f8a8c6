package federa.job;

import java.security.CodeSource;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises a Spark whose libraries are not those that this project was built for: a class or a method is missing. It uses
 * nothing but the JDK, as any other class may be the one that is missing.
 */
final class WrongLibrary {

    /** As the JVM says it, on the driver or, as text, in a task. */
    private static final Pattern ERROR = Pattern.compile(
            "java\\.lang\\.(NoSuchMethodError|NoSuchFieldError|NoClassDefFoundError|ClassNotFoundException|AbstractMethodError"
                    + "|IncompatibleClassChangeError|UnsupportedClassVersionError|IllegalAccessError|VerifyError): ([^\\n]*)");

    /** A class's name in such a sentence, with dots or slashes. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z_$][\\w$]*(?:[./][A-Za-z_$][\\w$]*)+");

    private static final String REMEDY =
            "submit this jar to a Spark 3.5 for Scala 2.12 (docs/cluster.md lists those that were"
                    + " tried), without another version of that library in --jars, --packages or an extraClassPath";

    private WrongLibrary() {}

    /** What is missing, which jar should have had it and what to do, in one line. */
    static Optional<String> of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            Matcher error = ERROR.matcher(cause.toString());
            // A class that could not be initialized is there; the reason is another error, told the first time.
            if (error.find() && !error.group(2).startsWith("Could not initialize")) {
                return Optional.of(tell(error.group(1), error.group(2)));
            }
        }
        return Optional.empty();
    }

    private static String tell(String error, String said) {
        // Of a method, the class stands before its parameters; what it returns stands before that.
        int parameters = said.indexOf('(');
        Matcher names = NAME.matcher(parameters < 0 ? said : said.substring(said.lastIndexOf(' ', parameters) + 1));
        if (!names.find()) {
            return "%s: %s; %s".formatted(error, said, REMEDY);
        }
        String name = names.group().replace('/', '.');
        String type = parameters < 0 ? name : name.substring(0, Math.max(0, name.lastIndexOf('.')));
        return home(type)
                .map(jar -> "%s of %s does not fit (%s: %s); %s".formatted(type, jar, error, said, REMEDY))
                .orElseGet(() -> "no jar has the class %s (%s); %s".formatted(type, error, REMEDY));
    }

    /** Where the class was loaded from, if there is one. */
    private static Optional<String> home(String type) {
        try {
            CodeSource source = Class.forName(
                            type, false, Thread.currentThread().getContextClassLoader())
                    .getProtectionDomain()
                    .getCodeSource();
            return Optional.of(source == null ? "the JDK" : String.valueOf(source.getLocation()));
        } catch (ClassNotFoundException | LinkageError e) {
            return Optional.empty();
        }
    }
}

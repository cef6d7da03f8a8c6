package federa;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import java.util.TreeSet;
import org.apache.xbean.asm9.ClassReader;
import org.apache.xbean.asm9.ClassVisitor;
import org.apache.xbean.asm9.MethodVisitor;
import org.apache.xbean.asm9.Opcodes;

/**
 * In some locales numbers have digits of their own. What people read may have them: messages of exceptions, the log, what jobs
 * print. All else may be read by a machine, and names {@code Locale.ROOT}.
 */
final class FormattedNumbers {

    private static final String NUMBER = "(?s).*%(\\d+\\$)?[-#+ 0,(]*\\d*(\\.\\d+)?[dfegDFEG].*";

    private FormattedNumbers() {}

    /** The methods that format a number for nobody in the locale of the process. */
    static Set<String> inDefaultLocale(JavaClasses types) throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : types) {
            if (!type.getPackageName().equals("federa.job")) { // it prints, and its processes are in the root locale
                try (InputStream in =
                        type.getSource().orElseThrow().getUri().toURL().openStream()) {
                    new ClassReader(in).accept(methods(type, wrong), 0);
                }
            }
        }
        return wrong;
    }

    private static ClassVisitor methods(JavaClass type, Set<String> wrong) {
        return new ClassVisitor(Opcodes.ASM9) {
            @Override
            public MethodVisitor visitMethod(
                    int access, String name, String signature, String generic, String[] thrown) {
                return new Body(type.getName() + "." + name, type.isAssignableTo(Throwable.class), wrong);
            }
        };
    }

    /** What a method does, instruction by instruction. */
    private static final class Body extends MethodVisitor {

        private final String name;
        private final Set<String> wrong;
        private boolean forPeople;
        private boolean hasNumber;
        private boolean inDefaultLocale;

        Body(String name, boolean forPeople, Set<String> wrong) {
            super(Opcodes.ASM9);
            this.name = name;
            this.forPeople = forPeople;
            this.wrong = wrong;
        }

        @Override
        public void visitLdcInsn(Object value) {
            hasNumber |= value instanceof String text && text.matches(NUMBER);
        }

        @Override
        public void visitTypeInsn(int code, String made) {
            forPeople |= code == Opcodes.NEW && made.matches(".*(Exception|Malformed|Unusable|ClientNotHere)");
        }

        @Override
        public void visitMethodInsn(int code, String owner, String method, String signature, boolean ofInterface) {
            forPeople |= owner.matches("java/io/PrintStream|org/slf4j/Logger|federa/sql/Refusal")
                    || method.matches("describe|require");
            if (owner.equals("java/lang/String") && method.matches("format|formatted")) {
                inDefaultLocale |= hasNumber && !signature.startsWith("(Ljava/util/Locale;");
                hasNumber = false; // what follows is another text
            }
        }

        @Override
        public void visitEnd() {
            if (inDefaultLocale && !forPeople) {
                wrong.add(name);
            }
        }
    }
}

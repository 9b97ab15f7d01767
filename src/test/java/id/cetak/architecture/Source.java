package id.cetak.architecture;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * A source file, as the compiler reads it.
 *
 * @param texts its strings: text blocks with their indentation stripped, sums as one text in which
 *     what is not a constant reads {@code ?}
 */
public record Source(
    Path path, String packageName, int lines, List<String> texts, List<Method> methods) {

  /** A method or a constructor; those of records, which only repeat the record, are left out. */
  public record Method(String name, boolean constructor, int parameters, int lines) {}

  /** The name of the type that the file is called after. */
  public String type() {
    return path.getFileName().toString().replace(".java", "");
  }

  /** Reads every source file in a folder and below. */
  public static List<Source> below(Path folder) {
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (Stream<Path> found = Files.walk(folder);
        var files = compiler.getStandardFileManager(null, null, null)) {
      List<Path> paths = found.filter(path -> path.toString().endsWith(".java")).sorted().toList();
      if (paths.isEmpty()) {
        return List.of();
      }
      var units = files.getJavaFileObjectsFromPaths(paths);
      var task = (JavacTask) compiler.getTask(null, files, null, List.of(), null, units);
      List<Source> sources = new ArrayList<>();
      for (CompilationUnitTree unit : task.parse()) {
        sources.add(read(unit, Trees.instance(task).getSourcePositions()));
      }
      return sources;
    } catch (IOException e) {
      throw new UncheckedIOException("Sources below " + folder + " cannot be read", e);
    }
  }

  private static Source read(CompilationUnitTree unit, SourcePositions positions)
      throws IOException {
    var reader = new Reader(unit, positions);
    reader.scan(unit, null);
    Path here = Path.of("").toAbsolutePath();
    Path path = here.relativize(Path.of(unit.getSourceFile().toUri()));
    int lines = Files.readAllLines(path).size();
    String packageName = unit.getPackageName() == null ? "" : unit.getPackageName().toString();
    return new Source(path, packageName, lines, reader.texts, reader.methods);
  }

  private static final class Reader extends TreeScanner<@Nullable Void, @Nullable Void> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> texts = new ArrayList<>();
    private final List<Method> methods = new ArrayList<>();
    private boolean inRecord;

    Reader(CompilationUnitTree unit, SourcePositions positions) {
      this.unit = unit;
      this.positions = positions;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
      boolean outer = inRecord;
      inRecord = type.getKind() == Tree.Kind.RECORD;
      super.visitClass(type, null);
      inRecord = outer;
      return null;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
      boolean constructor = method.getName().contentEquals("<init>");
      if (!(constructor && inRecord)) {
        long first = line(positions.getStartPosition(unit, method));
        long last = line(positions.getEndPosition(unit, method));
        methods.add(
            new Method(
                method.getName().toString(),
                constructor,
                method.getParameters().size(),
                (int) (last - first + 1)));
      }
      return super.visitMethod(method, null);
    }

    @Override
    public @Nullable Void visitBinary(BinaryTree sum, @Nullable Void nothing) {
      if (sum.getKind() != Tree.Kind.PLUS) {
        return super.visitBinary(sum, null);
      }
      StringBuilder text = new StringBuilder();
      append(sum, text);
      texts.add(text.toString());
      return null;
    }

    private void append(Tree part, StringBuilder text) {
      if (part instanceof BinaryTree sum && sum.getKind() == Tree.Kind.PLUS) {
        append(sum.getLeftOperand(), text);
        append(sum.getRightOperand(), text);
      } else if (part instanceof LiteralTree literal) {
        text.append(literal.getValue());
      } else {
        text.append('?');
        scan(part, null);
      }
    }

    @Override
    public @Nullable Void visitLiteral(LiteralTree literal, @Nullable Void nothing) {
      if (literal.getValue() instanceof String text) {
        texts.add(text);
      }
      return null;
    }

    private long line(long position) {
      return unit.getLineMap().getLineNumber(position);
    }
  }
}

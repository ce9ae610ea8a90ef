//! The Python package in the project's own commands: its environment, its extension module, and the steps that test it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::test::{Step, Work};
use crate::{cargo, root, target};

/// The crate of the extension module. It is linked by the interpreter that imports it, so it has no test binary.
pub(crate) const PACKAGE: &str = "wengert-python";

/// What `cargo xtask test python` takes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Options {
    peers: bool,
    interpreter: Option<PathBuf>,
    pytest: Vec<String>,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Options, String> {
        let mut options = Options::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--peers" => options.peers = true,
                "--interpreter" => {
                    let path = arguments.next().ok_or("--interpreter needs the path of a Python")?;
                    options.interpreter = Some(PathBuf::from(path));
                }
                other => options.pytest.push(other.to_owned()),
            }
        }
        Ok(options)
    }

    fn environment(&self) -> Result<PathBuf, String> {
        match &self.interpreter {
            Some(python) => Ok(python.clone()),
            None => environment("python", if self.peers { &["test", "peers"] } else { &["test"] }),
        }
    }
}

/// The steps of the package's tests. Arguments that are not options of this command go to pytest, which is then the only test run.
pub(crate) fn steps(arguments: &[String]) -> Result<Vec<Step>, String> {
    let options = Options::parse(arguments)?;
    let python = options.environment()?;
    let mut steps = vec![Step { name: "python: extension".to_owned(), work: Work::Do(Box::new(extension)) }];
    let mut step = |name: &str, module: &[&str]| {
        let mut command = Command::new(&python);
        command.arg("-m").args(module).current_dir(root());
        command.env("PYTHONPATH", root().join("python"));
        steps.push(Step { name: format!("python: {name}"), work: Work::Run(command) });
    };
    if !options.pytest.is_empty() {
        let mut arguments = vec!["pytest"];
        arguments.extend(options.pytest.iter().map(String::as_str));
        step("pytest", &arguments);
        return Ok(steps);
    }
    step("tests", &["pytest", "python/tests", "--ignore=python/tests/notebooks"]);
    step("documentation", &["pytest", "--doctest-modules", "python/wengert"]);
    step("types", &["mypy"]);
    step("notebooks", &["pytest", "python/tests/notebooks"]);
    Ok(steps)
}

/// A virtual environment below the build directory with what `python/requirements-<name>.txt` lists; made the first time and whenever a
/// list has changed. The result is its interpreter.
pub(crate) fn environment(directory: &str, lists: &[&str]) -> Result<PathBuf, String> {
    let environment = target().join(directory);
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let files: Vec<PathBuf> = lists.iter().map(|name| root().join(format!("python/requirements-{name}.txt"))).collect();
    let mut wanted = String::new();
    for file in &files {
        wanted += &fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    }
    let stamp = environment.join("installed.txt");
    let installed = fs::read_to_string(&stamp).unwrap_or_default();
    // What an environment has beside what is asked for does no harm.
    if python.is_file() && installed.contains(&wanted) {
        return Ok(python);
    }
    println!("== installing what {} list into {}", lists.join(" and "), environment.display());
    if !python.is_file() {
        let base = std::env::var_os("WENGERT_PYTHON").unwrap_or_else(|| "python3".into());
        let version = "import sys; sys.exit(sys.version_info < (3, 10))";
        succeed(Command::new(&base).args(["-c", version]))
            .map_err(|why| format!("Python 3.10 or later is needed, as python3 or as WENGERT_PYTHON: {why}"))?;
        succeed(Command::new(&base).args(["-m", "venv"]).arg(&environment))?;
    }
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    for file in &files {
        pip.arg("-r").arg(file);
    }
    succeed(&mut pip)?;
    fs::write(&stamp, wanted).map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
    Ok(python)
}

/// Builds the extension module in the profile of the tests and puts it into the package.
fn extension() -> Result<(), String> {
    build(false).map(|_| ())
}

/// Builds the extension module and puts it into the package's directory, from where `import wengert` takes it. The result is its path.
pub(crate) fn build(release: bool) -> Result<PathBuf, String> {
    let mut command = cargo(&["build", "-p", PACKAGE]);
    if release {
        command.arg("--release");
    }
    succeed(&mut command)?;
    let library = format!("{}_wengert{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let built = target().join(if release { "release" } else { "debug" }).join(library);
    let directory = root().join("python/wengert");
    let place = directory.join(if cfg!(windows) { "_wengert.pyd" } else { "_wengert.abi3.so" });
    // Copied beside and renamed: a process that has the old one loaded keeps it.
    let beside = directory.join("_wengert.new");
    fs::copy(&built, &beside)
        .and_then(|_| fs::rename(&beside, &place))
        .map_err(|error| format!("cannot put {} at {}: {error}", built.display(), place.display()))?;
    Ok(place)
}

/// Runs a command whose standard output nobody needs.
pub(crate) fn succeed(command: &mut Command) -> Result<(), String> {
    let shown = command.get_program().to_string_lossy().into_owned();
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| format!("cannot run {shown}: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(format!("{shown} ended with {}", output.status)) }
}

/// A command of the package's own tools, `python/tools/<name>.py`.
fn tool(python: &Path, name: &str) -> Command {
    let mut command = Command::new(python);
    command.arg(root().join(format!("python/tools/{name}.py"))).current_dir(root());
    command.env("PYTHONPATH", root().join("python"));
    command
}

fn passed_on(mut command: Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("cannot run Python: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("Python ended with {status}")) }
}

/// `cargo xtask surface`: counts the names that the front ends provide and writes `docs/surface.md`; further arguments go to the tool.
pub(crate) fn surface(arguments: &[String]) -> Result<(), String> {
    let python = environment("python", &["test"])?;
    extension()?;
    let mut command = tool(&python, "surface");
    command.args(arguments);
    passed_on(command)
}

/// `cargo xtask stubs`: writes the types of the extension module, `python/wengert/_wengert.pyi`; further arguments go to the tool.
pub(crate) fn stubs(arguments: &[String]) -> Result<(), String> {
    let python = environment("python", &["test"])?;
    extension()?;
    let mut command = tool(&python, "stubs");
    command.args(arguments);
    passed_on(command)
}

/// `cargo xtask docs`: the site of the package, from its docstrings and the notebooks, in `site` below the build directory.
pub(crate) fn docs(arguments: &[String]) -> Result<(), String> {
    if let Some(argument) = arguments.first() {
        return Err(format!("docs takes no arguments, got '{argument}'"));
    }
    let python = environment("docs-venv", &["docs"])?;
    extension()?;
    let mut command = tool(&python, "website");
    command.arg(target().join("site"));
    passed_on(command)
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn options_are_told_from_arguments_of_pytest() {
        let parse = |line: &str| Options::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        let options = parse("--peers -k line_12 --interpreter /usr/bin/python3").unwrap();
        assert!(options.peers);
        assert_eq!(options.interpreter.as_deref(), Some("/usr/bin/python3".as_ref()));
        assert_eq!(options.pytest, ["-k", "line_12"]);
        assert_eq!(parse("").unwrap(), Options::default());
        assert!(parse("--interpreter").is_err());
    }
}

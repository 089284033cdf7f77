@echo off
rem Serves on port 8001 with 4 workers. Needs Python 3.11 or newer; installs the rest at first.
setlocal
cd /d "%~dp0app" || exit /b 1
if not exist "..\.venv\Scripts\python.exe" (
    py -3 -c "import sys; sys.exit(sys.version_info < (3, 11))" || (
        echo Instale o Python 3.11 ou mais novo: https://www.python.org/downloads/
        exit /b 1
    )
    py -3 -m venv "..\.venv" || (
        rmdir /s /q "..\.venv"
        exit /b 1
    )
)
"..\.venv\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt || exit /b 1
set SERVER_HOST=0.0.0.0
set SERVER_PORT=8001
set SERVER_WORKERS=4
set SERVER_RELOAD=false
rem A console is slow; set it to true for a line for each request.
if not defined ACCESS_LOG set ACCESS_LOG=false
"..\.venv\Scripts\python.exe" main.py

# Says what lies in directories of an image: the names directly in each of them, and the directories
# below, and the compiled files among the sources. Arguments: the directories.
for dir; do
  [ -d "$dir" ] || continue
  ls -A1 "$dir" 2>/dev/null | while IFS= read -r name; do echo "N $dir//$name"; done
  find "$dir" -xdev -maxdepth 4 \( -name node_modules -o -name .venv -o -name venv -o -name vendor \
    -o -name target -o -name .git -o -name __pycache__ -o -name '*.egg-info' \) -type d -prune -print \
    -o -type d -print 2>/dev/null | while IFS= read -r path; do echo "D $path"; done
  find "$dir" -xdev -maxdepth 8 \( -name node_modules -o -name .venv -o -name venv -o -name vendor \
    -o -name target -o -name .git \) -type d -prune -o -type f \( -name '*.so' -o -name '*.pyd' -o -name '*.node' \
    -o -name '*.bundle' \) -print 2>/dev/null | while IFS= read -r path; do echo "F $path"; done
done

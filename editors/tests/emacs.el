;;; Emacs in batch mode, with a block of README.md loaded before; CLIENT is eglot or lsp-mode.  -*- lexical-binding: t -*-

(require 'cl-lib)
(require 'python)

(defconst patience (string-to-number (or (getenv "TESTDOCK_PATIENCE") "60")))

(defun soon (what probe)
  "Wait until PROBE gives something; WHAT it is."
  (let ((deadline (+ (float-time) patience)) found)
    (while (not (or (setq found (funcall probe)) (> (float-time) deadline)))
      (accept-process-output nil 0.05)
      (sit-for 0.01))
    (or found (error "In vain: %s; %s" what (with-current-buffer "*Messages*" (buffer-string))))))

(defun play (what action)
  "Do ACTION, and say WHAT worked."
  (condition-case why
      (progn (funcall action) (princ (format "ok    %s\n" what)))
    (error (princ (format "FAIL  %s\n%S\n" what why)) (kill-emacs 1))))

(defun failing-lines ()
  "The lines of the current buffer that carry a diagnostic."
  (mapcar #'car (failures)))

(defun failures ()
  "Line and message of each diagnostic of the current buffer."
  (if (bound-and-true-p eglot--managed-mode)
      (mapcar (lambda (it) (cons (line-number-at-pos (flymake-diagnostic-beg it)) (flymake-diagnostic-text it)))
              (flymake-diagnostics))
    (mapcar (lambda (it) (cons (1+ (gethash "line" (gethash "start" (gethash "range" it)))) (gethash "message" it)))
            (gethash (lsp--fix-path-casing buffer-file-name) (lsp-diagnostics)))))

(defun line-of (text)
  "The line that holds TEXT."
  (save-excursion (goto-char (point-min)) (search-forward text) (line-number-at-pos)))

(defun mend ()
  "Mend a failing test, and go to it."
  (goto-char (point-min))
  (search-forward "77.20")
  (replace-match "77.22")
  (save-buffer)
  (search-backward "def test_total_with_tax")
  (search-forward "test_total"))

(defun start-eglot ()
  (require 'eglot)
  (add-hook 'eglot-managed-mode-hook #'flymake-mode)
  (setq eglot-autoreconnect nil)
  (apply #'eglot (eglot--guess-contact))
  (soon "a server" #'eglot-current-server))

(defun lsp-mode-server ()
  (cl-find-if (lambda (it) (eq 'initialized (lsp--workspace-status it))) (lsp-workspaces)))

(defun start-lsp-mode ()
  (require 'lsp-mode)
  (setq lsp-auto-guess-root t lsp-enable-snippet nil lsp-restart 'ignore)
  (lsp)
  (soon "a server" #'lsp-mode-server))

(defun start (client)
  (if (eq client 'eglot) (start-eglot) (start-lsp-mode)))

(defun served (client)
  (if (eq client 'eglot) (eglot-current-server) (lsp-mode-server)))

(defun action-eglot ()
  (let ((all (eglot-code-actions (point) nil nil nil)))
    (eglot-execute (eglot-current-server)
                   (cl-find-if (lambda (it) (string-match-p "Run .*test_total_with_tax" (plist-get it :title))) all))))

(defun lens-lsp-mode ()
  (let* ((all (lsp-request "textDocument/codeLens" (list :textDocument (lsp--text-document-identifier))))
         (line (1- (line-number-at-pos)))
         (lens (cl-find-if (lambda (it)
                             (and (= line (lsp-get (lsp-get (lsp-get it :range) :start) :line))
                                  (string-match-p "Run" (lsp-get (lsp-get it :command) :title))))
                           all)))
    (lsp--execute-command (lsp-get lens :command))))

(defun drive (client day)
  "With CLIENT, do what a person does on a good DAY, or what goes wrong on a bad one."
  (funcall day client)
  (kill-emacs 0))

(defun good (client)
  (let ((failing nil))
    (find-file "tests/test_orders.py")
    (when (eq client 'eglot)
      (play "a command without a server says what to do"
            (lambda ()
              (cl-assert (string-match-p "put testdock on your PATH"
                                         (condition-case said (testdock "runAll") (user-error (cadr said))))))))
    (play "a server starts" (lambda () (start client)))
    (setq failing (line-of "assert total == Decimal"))
    (play "a command runs all, and the failing line is marked"
          (lambda ()
            (testdock "runAll")
            (soon "a diagnostic" (lambda () (memq failing (failing-lines))))))
    (play (if (eq client 'eglot) "a code action runs a test that was mended" "a lens runs a test that was mended")
          (lambda ()
            (mend)
            (if (eq client 'eglot) (action-eglot) (lens-lsp-mode))
            (soon "no diagnostic" (lambda () (not (memq failing (failing-lines)))))))))

(defun says (pattern)
  "Wait for a message like PATTERN, whoever says it."
  (soon pattern (lambda () (with-current-buffer "*Messages*" (string-match-p pattern (buffer-string))))))

(defun serve (client mood)
  "Give CLIENT another server, which is as bad as MOOD says."
  (when (served client)
    (dolist (it (cl-remove-if-not #'process-id (process-list)))
      (signal-process it 'KILL))
    (soon "its end" (lambda () (not (served client)))))
  (write-region mood nil "~/mood")
  (start client))

(defun bad (client)
  (find-file (car (file-expand-wildcards "tests/test_*quit*")))
  (play "a server that crashes at once, and one in its place"
        (lambda ()
          (write-region "crashes" nil "~/mood")
          (let ((patience 1)) (ignore-errors (start client)))
          (cl-assert (not (served client)))
          (serve client "")))
  (play "names and messages that mean no good"
        (lambda ()
          (testdock "runAll")
          (soon "all that failed" (lambda () (= 8 (length (failures)))))
          (dolist (said '("ValueError: a|quit!" "ValueError: '); os.exit(1) --" "ValueError: %s <C-w> #"))
            (cl-assert (cl-some (lambda (it) (string-suffix-p said (cdr it))) (failures)) nil "%s: %S" said (failures)))
          (cl-assert (not (file-exists-p "../zap")))))
  (play "a server that dies in a run, and one in its place that finds no engine"
        (lambda ()
          (serve client "never-ends")
          (testdock "runAll")
          (soon "what it said of tests" (lambda () (failures)))
          (serve client "no-engine")
          (testdock "runAll")
          (says "cannot reach Docker at unix:///nowhere.sock")))
  ;; The last one: what is told of changed files waits for keys, which nobody presses here.
  (play "settings that are broken"
        (lambda ()
          (write-region "[interpreter" nil "../testdock.toml")
          (testdock "refresh")
          (testdock "runAll")
          (says "testdock.toml:1: not valid TOML"))))
